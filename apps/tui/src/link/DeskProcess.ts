/** The process that looks, kept warm. When it ends, what was asked of it fails, and the next order starts another. */
import { type ChildProcess, spawn } from "node:child_process"
import type { Failure } from "@ourclone/core/events/Failure"
import type { Secrets } from "@ourclone/tasks/runner/StoredSecrets"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { decodeFromDesk, encodeToDesk, type FromDesk, type Order } from "./DeskWire.ts"
import { failed, LinkFailed } from "./Link.ts"

export interface DeskProgram {
  readonly command: readonly [program: string, ...words: ReadonlyArray<string>]
  readonly environment: { readonly [variable: string]: string | undefined }
}

export interface DeskProcess {
  /** Answers as they come, until the end of them; whoever stops listening ends the work. */
  readonly ask: (order: Order) => Stream.Stream<FromDesk, LinkFailed>
}

const longestComplaint = 2_000

export const secretsOf = (secrets: Secrets): { readonly [name: string]: string } =>
  Object.fromEntries([...secrets].map(([name, secret]) => [name, Redacted.value(secret)]))

interface Running {
  readonly child: ChildProcess
  readonly hear: Map<number, (answer: FromDesk) => void>
}

const open = (program: DeskProgram) => {
  let current: Running | undefined
  let last = 0

  const start = (): Running => {
    const [file, ...words] = program.command
    const child = spawn(file, words, { env: { ...program.environment }, stdio: ["pipe", "pipe", "pipe"] })
    const running: Running = { child, hear: new Map() }
    let rest = ""
    let complaint = ""
    child.stdin.on("error", () => {})
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) {
        const answer = decodeFromDesk(line)
        running.hear.get(answer.id)?.(answer)
      }
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-longestComplaint)
    })
    const ended = (how: string) => {
      if (current === running) current = undefined
      const message = `what looks into storage ${how}${complaint === "" ? "" : `: ${complaint.trim()}`}`
      const failure: Failure = { code: "DeskEnded", message, isRetryable: true }
      for (const [id, hear] of running.hear) hear({ _tag: "Failed", id, failure })
      running.hear.clear()
    }
    child.once("error", ({ message }) => ended(`could not be started: ${message}`))
    child.once("close", (code, signal) => ended(`ended with ${signal ?? code}`))
    return running
  }

  const ask: DeskProcess["ask"] = (order) =>
    Stream.callback<FromDesk, LinkFailed>(
      (queue) =>
        Effect.acquireRelease(
          Effect.sync(() => {
            current ??= start()
            const running = current
            const id = ++last
            running.hear.set(id, (answer) => {
              if (answer._tag === "Failed")
                Queue.failCauseUnsafe(queue, Cause.fail(new LinkFailed({ failure: answer.failure })))
              else if (answer._tag === "End") Queue.endUnsafe(queue)
              else Queue.offerUnsafe(queue, answer)
              if (answer._tag === "Failed" || answer._tag === "End") running.hear.delete(id)
            })
            running.child.stdin?.write(`${encodeToDesk({ _tag: "Order", id, order })}\n`)
            return { running, id }
          }),
          ({ id, running }) =>
            Effect.sync(() => {
              if (running.hear.delete(id)) running.child.stdin?.write(`${encodeToDesk({ _tag: "Stop", id })}\n`)
            })
        ),
      { bufferSize: Number.MAX_SAFE_INTEGER }
    )

  return { ask, stop: () => void current?.child.kill("SIGTERM") }
}

/** Ends with the scope. */
export const make = (program: DeskProgram): Effect.Effect<DeskProcess, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => open(program)),
    ({ stop }) => Effect.sync(stop)
  )

/** The one value that an order comes to. */
export const one = (answers: Stream.Stream<FromDesk, LinkFailed>): Effect.Effect<unknown, LinkFailed> =>
  Effect.flatMap(Stream.runCollect(answers), (all) => {
    const found = all.find((answer) => answer._tag === "Value")
    return found?._tag === "Value"
      ? Effect.succeed(found.value)
      : Effect.fail(failed("DeskEnded", "there was no answer"))
  })
