/**
 * Everything below a directory, in the byte order of paths.
 *
 * Each directory is read whole and its names sorted with `/` after those of directories; descending in that order gives
 * the order of whole paths. Directories that come next are read meanwhile, as the way to the server takes its time.
 */
import type { Entry } from "@ourclone/core/contract/Entry"
import type { ListOptions } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Stats } from "ssh2"
import type { Listed, SftpConnection } from "../connection/SftpConnection.ts"
import { whenMissing } from "../connection/SftpErrors.ts"
import * as SftpFile from "../place/SftpFile.ts"
import { absolute, lstat, type Place, siteOf } from "../place/SftpPlace.ts"
import { restored } from "../unfinished/SftpAside.ts"
import { isTemporary } from "../unfinished/TemporaryName.ts"

/** Directories that are read before their turn. */
const ahead = 16
const chunkSize = 512
const replacement = "\ufffd"
/** In characters: a server that has a folder in each folder has no end. */
const longestPath = 32 * 1024

interface Named {
  /** As paths spell it, with `/` at the end of a directory. */
  readonly key: string
  readonly found: Listed
}

interface Level {
  readonly prefix: string
  readonly names: ReadonlyArray<Named>
  next: number
}

const isWanted = ({ filename }: Listed): boolean => filename !== "." && filename !== ".." && !isTemporary(filename)

/** What a server tells of twice is there once. */
const sorted = (found: ReadonlyArray<Listed>): ReadonlyArray<Named> =>
  inOrder(found).filter(({ key }, index, all) => index === 0 || key !== all[index - 1]?.key)

const inOrder = (found: ReadonlyArray<Listed>): ReadonlyArray<Named> =>
  found
    .filter(isWanted)
    .map((one) => {
      const name = Spelling.unicode.toPath(one.filename)
      return { key: SftpFile.isDirectory(one.attrs) ? `${name}/` : name, found: one }
    })
    .sort((left, right) => RemotePath.compare(left.key, right.key))

const skipped = (path: string, because: string, isFailure: boolean): Entry => ({
  _tag: "Skipped",
  path,
  because,
  isFailure
})

/** The next entries of one listing. */
class Walk {
  readonly #connection: SftpConnection
  readonly #place: Place
  readonly #options: ListOptions
  readonly #run: <A>(effect: Effect.Effect<A, StorageError>) => Promise<A>
  readonly #levels: Array<Level> = []
  readonly #reading = new Map<string, Promise<ReadonlyArray<Listed>>>()

  constructor(connection: SftpConnection, place: Place, options: ListOptions, context: Context.Context<never>) {
    this.#run = Effect.runPromiseWith(context)
    this.#connection = connection
    this.#place = place
    this.#options = options
  }

  /** `prefix` is "" or ends with `/`. Rejects with a `StorageError`. */
  read(prefix: string): Promise<ReadonlyArray<Listed>> {
    const known = this.#reading.get(prefix)
    if (known !== undefined) return known
    const path = prefix.slice(0, -1)
    const site = siteOf(this.#place, "list", path)
    const reading = this.#run(Effect.suspend(() => this.#connection.readdir(site, absolute(this.#place, path))))
    // Nobody may ever ask for it.
    reading.catch(() => {})
    this.#reading.set(prefix, reading)
    return reading
  }

  /** Answers whether the directory is empty. */
  async enter(prefix: string): Promise<boolean> {
    const found = await this.read(prefix)
    this.#reading.delete(prefix)
    const path = prefix.slice(0, -1)
    const site = siteOf(this.#place, "list", path)
    const whole = restored(this.#connection, site, path === "" ? this.#place.root : absolute(this.#place, path), found)
    const names = sorted(await this.#run(whole))
    if (names.length > 0) this.#levels.push({ prefix, names, next: 0 })
    this.#readAhead()
    // A folder that holds no more than what is not whole yet is none that is empty.
    return found.every(({ filename }) => filename === "." || filename === "..")
  }

  #readAhead(): void {
    if (this.#options.depth === 1) return
    for (let at = this.#levels.length - 1; at >= 0; at--) {
      const { names, next, prefix } = this.#levels[at]!
      for (let index = next; index < names.length; index++) {
        if (this.#reading.size >= ahead) return
        const { key } = names[index]!
        if (key.endsWith("/") && this.#mayContain(prefix + key)) void this.read(prefix + key)
      }
    }
  }

  #mayContain(prefix: string): boolean {
    return this.#options.mayContain?.(RemotePath.makeUnsafe(prefix.slice(0, -1))) !== false
  }

  async take(): Promise<ReadonlyArray<Entry> | undefined> {
    const entries: Array<Entry> = []
    while (entries.length < chunkSize) {
      const level = this.#levels.at(-1)
      if (level === undefined) return entries.length > 0 ? entries : undefined
      const name = level.names[level.next++]
      if (name === undefined) {
        this.#levels.pop()
        continue
      }
      const entry = await this.#visit(level.prefix + name.key, name.found)
      if (entry !== undefined) entries.push(entry)
    }
    return entries
  }

  async #visit(path: string, { attrs, filename }: Listed): Promise<Entry | undefined> {
    const because = filename.includes("/")
      ? 'it holds a "/"'
      : path.length > longestPath
        ? "it lies in too many folders"
        : RemotePath.refusal(path.replace(/\/$/, ""))
    if (because !== undefined) return skipped(path.slice(0, longestPath), `its name can not be used: ${because}`, true)
    if (!SftpFile.isTold(attrs)) return skipped(path, SftpFile.untold, true)
    if (filename.includes(replacement) && !(await this.#isThere(path))) {
      return skipped(path, "its name is not UTF-8, and can not be asked for: rename it on the server", true)
    }
    if (SftpFile.isDirectory(attrs)) return this.#directory(path)
    if (SftpFile.isFile(attrs)) return SftpFile.fileOf(RemotePath.makeUnsafe(path), attrs)
    return SftpFile.isLink(attrs)
      ? skipped(path, "it is a symbolic link", false)
      : skipped(path, "it is neither a file nor a folder", false)
  }

  #isThere(path: string): Promise<boolean> {
    const site = siteOf(this.#place, "list", path)
    const look = lstat(this.#connection, this.#place, site, path.replace(/\/$/, ""))
    return this.#run(
      Effect.match(look, { onSuccess: () => true, onFailure: ({ reason }) => reason._tag !== "NotFound" })
    )
  }

  async #directory(prefix: string): Promise<Entry | undefined> {
    const path = RemotePath.makeUnsafe(prefix.slice(0, -1))
    if (this.#options.depth === 1) return { _tag: "Directory", path }
    if (!this.#mayContain(prefix)) return undefined
    try {
      return (await this.enter(prefix)) ? { _tag: "Directory", path } : undefined
    } catch (error) {
      this.#reading.delete(prefix)
      if (!(error instanceof StorageError) || error.isRetryable || error.stopsJob) throw error
      return error.reason._tag === "NotFound" ? undefined : skipped(path, error.reason.message, true)
    }
  }
}

/** A directory that can not be read at all fails the listing; one below it is `Skipped`. */
export const list = (
  connection: SftpConnection,
  place: Place,
  directory: RemotePath.RemotePath,
  options: ListOptions = {}
): Stream.Stream<Entry, StorageError> => {
  const site = siteOf(place, "list", directory)
  const failed = (error: unknown): StorageError => {
    if (error instanceof StorageError) return error
    throw error
  }
  const looked: Effect.Effect<Stats, StorageError> =
    directory === ""
      ? connection.call<Stats>(site, (sftp, done) => sftp.stat(absolute(place, ""), done))
      : lstat(connection, place, site, directory)
  const fresh = Effect.map(Effect.context<never>(), (context) => new Walk(connection, place, options, context))
  const begun = Effect.flatMap(Effect.zip(looked, fresh), ([stats, walk]): Effect.Effect<Walk, StorageError> => {
    if (SftpFile.isDirectory(stats)) {
      const prefix = directory === "" ? "" : `${directory}/`
      return Effect.as(Effect.tryPromise({ try: () => walk.enter(prefix), catch: failed }), walk)
    }
    if (directory !== "") return Effect.succeed(walk)
    const reason = new InvalidRequest({ message: "it is a file: name the folder that it is in" })
    return Effect.fail(new StorageError({ ...site, reason }))
  })
  const start = whenMissing(begun, () => fresh)
  type Turn = readonly [ReadonlyArray<Entry>, Option.Option<void>]
  return Stream.unwrap(
    Effect.map(start, (walk) =>
      Stream.paginate<void, Entry, StorageError>(undefined, () =>
        Effect.map(
          Effect.tryPromise({ try: () => walk.take(), catch: failed }),
          (entries): Turn => (entries === undefined ? [[], Option.none()] : [entries, Option.some(undefined)])
        )
      )
    )
  )
}
