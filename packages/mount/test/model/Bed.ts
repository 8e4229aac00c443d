/** What tests of the model need: a folder, a storage that can go away or die, and mounts of it. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import { StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import { wrap } from "@ourclone/core/layers/ProviderCalls"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect, onTestFinished } from "vitest"
import type { Answer, FileSystem } from "../../src/contract/FileSystem.ts"
import { rootIno } from "../../src/contract/FileSystem.ts"
import { isRefused } from "../../src/contract/Refusal.ts"
import * as Mount from "../../src/model/Mount.ts"

export const owner = { uid: 1000, gid: 1000 }
export const digest = (bytes: Uint8Array) => createHash("sha1").update(bytes).digest("hex")

export const value = <A>(answer: Answer<A>): A => {
  if (isRefused(answer)) throw new Error(`refused: ${answer.refusal} ${answer.message ?? ""}`)
  return answer as A
}

export interface Bed {
  readonly scratch: string
  readonly storage: ReturnType<typeof MemoryProvider.make>
  /** `there` answers, `away` says it can not be reached, `dead` never answers. */
  state: "there" | "away" | "dead"
  /** What comes before each call of the storage, by its method. */
  before: (method: string) => Effect.Effect<void, StorageError>
  /** What comes after a call that was good, before anybody hears of it. */
  after: (method: string) => Effect.Effect<void, StorageError>
  /** How often each method was called. */
  readonly calls: Map<string, number>
  readonly notes: Array<string>
  /** What mounts are of: `storage` in the state that it is said to be in. */
  readonly provider: Provider
  readonly mount: (options?: Partial<Mount.MountOptions>) => Mount.Mount
}

export const make = (options: MemoryProvider.Options = { keepsVersions: true }): Bed => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-mount-"))
  const mounts: Array<Mount.Mount> = []
  onTestFinished(() => {
    for (const mount of mounts) mount.abandon()
    fs.rmSync(scratch, { recursive: true, force: true })
  })
  const storage = MemoryProvider.make(options)
  const away = () =>
    new StorageError({ provider: "memory", operation: "any", reason: new Unavailable({ message: "no route to it" }) })
  // With ids of versions it is like B2, which stores on no condition; with identities it is like S3.
  const { putIfAbsent: _, putIfSame: __, ...unconditional } = storage
  const provider: Provider = wrap(options.hasVersionIds === false ? storage : unconditional, {
    effect: (work, { method }) =>
      Effect.suspend(() => {
        bed.calls.set(method, (bed.calls.get(method) ?? 0) + 1)
        if (bed.state !== "there") return bed.state === "away" ? Effect.fail(away()) : Effect.never
        return Effect.andThen(
          bed.before(method),
          Effect.tap(work, () => bed.after(method))
        )
      }),
    stream: (work, { method }) =>
      Stream.suspend(() => {
        bed.calls.set(method, (bed.calls.get(method) ?? 0) + 1)
        return bed.state === "there" ? work : bed.state === "away" ? Stream.fail(away()) : Stream.never
      })
  })
  const bed: Bed = {
    scratch,
    storage,
    state: "there",
    before: () => Effect.void,
    after: () => Effect.void,
    calls: new Map(),
    notes: [],
    provider,
    mount: (own = {}) => {
      const mount = Mount.open({
        provider,
        directory: path.join(scratch, "cache"),
        owner,
        host: "here",
        uploadDelay: 0,
        note: (code, message) => bed.notes.push(`${code}: ${message}`),
        ...own
      })
      mounts.push(mount)
      return mount
    }
  }
  return bed
}

/** As another client does it. */
export const putElsewhere = ({ storage }: Bed, name: string, text: string | Uint8Array): Promise<unknown> =>
  Effect.runPromise(
    storage.put(makeUnsafe(name), fromBytes(typeof text === "string" ? Buffer.from(text) : text), {
      modifiedAt: Date.now()
    })
  )

export const stored = ({ storage }: Bed, name: string): string | undefined => {
  const found = storage.memory.files.get(name)
  return found === undefined ? undefined : Buffer.from(found.bytes).toString()
}

export const names = ({ storage }: Bed): ReadonlyArray<string> => [...storage.memory.files.keys()].sort()

const writing = { reads: true, writes: true }

/** Writes all of a file, makes it where it is missing, and closes it. */
export const write = async (
  system: FileSystem,
  name: string,
  text: string | Uint8Array,
  how: { readonly sync?: boolean; readonly close?: boolean } = {}
): Promise<number> => {
  const known = await system.lookup(rootIno, name)
  const opened = isRefused(known)
    ? value(await system.create(rootIno, name, 0o644, owner, writing))
    : value(await system.open(known.ino, { ...writing, truncates: true }))
  const bytes = typeof text === "string" ? Buffer.from(text) : text
  expect(await system.write(opened.handle, 0, bytes)).toBe(bytes.length)
  if (how.sync === true) expect(await system.sync(opened.handle)).toBeUndefined()
  if (how.close === false) return opened.handle
  expect(await system.flush(opened.handle)).toBeUndefined()
  system.release(opened.handle)
  return opened.attributes.ino
}

export const read = async (system: FileSystem, name: string): Promise<string> => {
  const { ino } = value(await system.lookup(rootIno, name))
  const { attributes, handle } = value(await system.open(ino, { reads: true, writes: false }))
  const into = Buffer.alloc(attributes.size)
  const length = value(await system.read(handle, 0, into))
  system.release(handle)
  return into.subarray(0, length).toString()
}

export const list = async (system: FileSystem): Promise<ReadonlyArray<string>> =>
  value(await system.readDirectory(rootIno, 0, 1_000)).nodes.map(({ name }) => name)

/** Lets what is under way go on. */
export const ticks = async (count = 20): Promise<void> => {
  for (let tick = 0; tick < count; tick++) await new Promise((resolve) => setTimeout(resolve, 0))
}
