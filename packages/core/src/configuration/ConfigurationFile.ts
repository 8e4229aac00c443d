/**
 * The configuration on disk.
 *
 * A missing file is an empty configuration. An edit is written beside the file
 * and renamed over it, so that a crash leaves the old or the new text; a second
 * edit at the same time waits, and one by an editor that does not wait is noticed.
 */
import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import { dirname, resolve } from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { makeFolder } from "../machine/MadeFolder.ts"
import * as ConfigurationText from "./ConfigurationText.ts"
import { ConfigurationUnavailable, MalformedConfiguration, RemoteError } from "./RemoteError.ts"

export interface Configuration {
  readonly text: string
  readonly remotes: ConfigurationText.Remotes
  /** What the user should know, in sentences; the file works all the same. */
  readonly warnings: ReadonlyArray<string>
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

const causes: { readonly [code: string]: string } = {
  EACCES: "this user may not; change its permissions",
  EPERM: "this user may not; change its permissions",
  EISDIR: "it is a folder; set OURCLONE_CONFIG to a file",
  ENOTDIR: "a part of its path is not a folder; set OURCLONE_CONFIG to another place",
  EROFS: "the file system is read-only; set OURCLONE_CONFIG to another place",
  ENOSPC: "the disk is full"
}

const unavailable = (path: string, verb: string, error: unknown): RemoteError => {
  const cause = causes[codeOf(error) ?? ""] ?? (error instanceof Error ? error.message : String(error))
  const message = `the configuration ${path} can not be ${verb}: ${cause}`
  return new RemoteError({ reason: new ConfigurationUnavailable({ message, path }) })
}

/** `problem` as an error that names the file. */
export const malformed = (path: string, problem: ConfigurationText.Problem): RemoteError => {
  const { column, line } = problem
  const message = `${path}:${line}:${column}: ${problem.message}`
  return new RemoteError({ reason: new MalformedConfiguration({ message, path, line, column }) })
}

const textOf = (path: string): string => {
  try {
    return fs.readFileSync(path, "utf8")
  } catch (error) {
    if (codeOf(error) === "ENOENT") return ""
    throw error
  }
}

const warningsOf = (path: string): ReadonlyArray<string> => {
  const mode = process.platform === "win32" ? undefined : fs.statSync(path, { throwIfNoEntry: false })?.mode
  return mode !== undefined && (mode & 0o044) !== 0
    ? [`${path} may hold secrets and can be read by other users; run: chmod 600 '${path}'`]
    : []
}

/** Fails with `ConfigurationUnavailable` or `MalformedConfiguration`. */
export const read = (path: string): Effect.Effect<Configuration, RemoteError> =>
  Effect.suspend(() => {
    try {
      const text = textOf(path)
      const parsed = ConfigurationText.parse(text)
      return Result.isFailure(parsed)
        ? Effect.fail(malformed(path, parsed.failure))
        : Effect.succeed({ text, remotes: parsed.success, warnings: warningsOf(path) })
    } catch (error) {
      return Effect.fail(unavailable(path, "read", error))
    }
  })

const syncDirectory = (directory: string): void => {
  if (process.platform === "win32") return
  const descriptor = fs.openSync(directory, "r")
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

const replace = (path: string, text: string): void => {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    const descriptor = fs.openSync(temporary, "wx", 0o600)
    try {
      fs.writeFileSync(descriptor, text)
      fs.fsyncSync(descriptor)
    } finally {
      fs.closeSync(descriptor)
    }
    fs.renameSync(temporary, path)
    syncDirectory(dirname(path))
  } finally {
    fs.rmSync(temporary, { force: true })
  }
}

/** An edit takes milliseconds; a lock this old was left by one that was killed. */
const staleAfterMillis = 10_000

const takeLock = (lock: string): boolean => {
  try {
    fs.closeSync(fs.openSync(lock, "wx", 0o600))
    return true
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error
    const held = fs.statSync(lock, { throwIfNoEntry: false })
    if (held !== undefined && Date.now() - held.mtimeMs > staleAfterMillis) fs.rmSync(lock, { force: true })
    return false
  }
}

/** Where a link to the file leads, so that the link stays. */
const targetOf = (path: string): string => {
  try {
    return fs.realpathSync(path)
  } catch {
    return resolve(path)
  }
}

const attempt = <A>(path: string, body: () => A): Effect.Effect<A, RemoteError> =>
  Effect.try({ try: body, catch: (error) => unavailable(path, "written", error) })

const acquireLock = Effect.fnUntraced(function* (path: string) {
  const lock = `${path}.lock`
  for (let tries = 0; tries < 250; tries++) {
    const isTaken = yield* attempt(path, () => {
      makeFolder(dirname(path))
      return takeLock(lock)
    })
    if (isTaken) return lock
    yield* Effect.sleep("20 millis")
  }
  const message = `the configuration ${path} is being changed by another program; try again, or delete ${lock} if none runs`
  return yield* new RemoteError({ reason: new ConfigurationUnavailable({ message, path }) })
})

type Content = Pick<ConfigurationText.ConfiguredRemote, "name" | "type" | "options">

/** What a text must say after an edit, in one string. */
const content = (remotes: Iterable<Content>): string =>
  JSON.stringify(
    Array.from(remotes, ({ name, options, type }) => [name, type, options] as const).toSorted(([left], [right]) =>
      left < right ? -1 : 1
    )
  )

export interface Edit {
  readonly text: string
  /** Every remote that `text` must hold. */
  readonly remotes: Iterable<Content>
}

/**
 * Replaces the text by what `change` makes of it. When the new text does not
 * hold exactly the remotes that `change` says, nothing is written: the file is
 * laid out in a way that an edit line by line does not understand.
 */
export const edit = (
  path: string,
  change: (configuration: Configuration) => Effect.Effect<Edit, RemoteError>
): Effect.Effect<void, RemoteError> => {
  const replaceText = Effect.fnUntraced(function* (target: string) {
    const before = yield* read(path)
    const after = yield* change(before)
    const parsed = ConfigurationText.parse(after.text)
    if (Result.isFailure(parsed) || content(parsed.success.values()) !== content(after.remotes)) {
      const message = `the remotes in ${path} are written in a way that can not be edited line by line; change them there`
      return yield* new RemoteError({ reason: new ConfigurationUnavailable({ message, path }) })
    }
    yield* attempt(path, () => {
      if (textOf(target) !== before.text) throw new Error("another program has just changed it; try again")
      replace(target, after.text)
    })
  })
  return Effect.suspend(() => {
    const target = targetOf(path)
    return Effect.acquireUseRelease(
      acquireLock(target),
      () => replaceText(target),
      (lock) => Effect.sync(() => fs.rmSync(lock, { force: true }))
    )
  })
}
