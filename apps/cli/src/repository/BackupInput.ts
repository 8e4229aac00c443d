/** `--stdin` and `--stdin-from-command`: one file that comes from a stream. */
import { spawn } from "node:child_process"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type CommandStopped, usage } from "../ExitCode.ts"

export interface StandardInputFlags {
  readonly paths: ReadonlyArray<string>
  readonly stdin: boolean
  readonly stdinFilename: string
  readonly stdinFromCommand: boolean
  readonly filesFrom: ReadonlyArray<string>
  readonly filesFromVerbatim: ReadonlyArray<string>
  readonly filesFromRaw: ReadonlyArray<string>
}

/** What is backed up instead of paths, and what it is called. */
export interface NamedInput {
  readonly fileName: string
  /** When it fails there is no snapshot. */
  readonly content: Stream.Stream<Uint8Array, Error>
}

const failed = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

const causeOf = (error: NodeJS.ErrnoException): string =>
  error.code === "ENOENT" ? "there is no such command" : error.message

/** What the command prints. That it failed is only known after its last byte, and then there must be no snapshot. */
const outputOf = (program: string, words: ReadonlyArray<string>): NamedInput["content"] =>
  Stream.unwrap(
    Effect.gen(function* () {
      const child = yield* Effect.acquireRelease(
        Effect.sync(() => spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] })),
        (started) => Effect.sync(() => started.kill())
      )
      const ended = new Promise<Error | undefined>((resolve) => {
        child.on("error", (error) => resolve(new Error(`"${program}" can not be started: ${causeOf(error)}`)))
        child.on("close", (code, signal) => {
          const how = code === null ? `was ended by ${signal}` : `failed with exit code ${code}`
          resolve(code === 0 ? undefined : new Error(`"${program}" ${how}; no snapshot was made`))
        })
      })
      const ending = Stream.unwrap(
        Effect.map(
          Effect.promise(() => ended),
          (error) => (error === undefined ? Stream.empty : Stream.fail(error))
        )
      )
      return Stream.concat(Stream.fromAsyncIterable<Uint8Array, Error>(child.stdout, failed), ending)
    })
  )

/** `undefined` where files are to be backed up. */
export const of = (flags: StandardInputFlags): Effect.Effect<NamedInput | undefined, CommandStopped> => {
  const { filesFrom, filesFromRaw, filesFromVerbatim, paths, stdin, stdinFilename, stdinFromCommand } = flags
  if (!stdin && !stdinFromCommand) return Effect.succeed(undefined)
  if (filesFrom.length + filesFromVerbatim.length + filesFromRaw.length > 0) {
    return usage("--stdin and --stdin-from-command do not go with --files-from")
  }
  const [program, ...words] = paths
  const fileName = stdinFilename.replace(/^\/+/, "")
  if (fileName === "") return usage("--stdin-filename must name a file")
  if (stdinFromCommand) {
    return program === undefined
      ? usage("--stdin-from-command needs a command: ourclone backup --stdin-from-command -- pg_dump mydb")
      : Effect.succeed({ fileName, content: outputOf(program, words) })
  }
  if (program !== undefined) return usage("--stdin takes no paths")
  const content = Stream.fromAsyncIterable<Uint8Array, Error>(process.stdin, failed)
  return Effect.succeed({ fileName, content })
}
