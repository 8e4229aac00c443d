/** One file's way to the storage: looked at before and after, so that what another client stores meanwhile is kept too. */

import { createHash } from "node:crypto"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import type { DatedFile, File, Metadata } from "@ourclone/core/contract/Entry"
import type { LargeFile } from "@ourclone/core/contract/LargeFile"
import { ofMetadata, toMetadata, usualMode } from "@ourclone/core/contract/PosixMetadata"
import type { Provider, Put } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { AlreadyExists, isStorageError, NoSpace, StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import * as Versions from "@ourclone/core/contract/Versions"
import type { CutOff } from "@ourclone/core/engine/CutOff"
import type { Segment } from "@ourclone/core/engine/Segment"
import * as Upload from "@ourclone/core/engine/Upload"
import * as Amount from "@ourclone/core/events/Amount"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Content } from "../cache/Content.ts"
import { mebibyte } from "../cache/ReadAhead.ts"
import { remedy } from "../contract/MountRemedies.ts"
import { isRefused } from "../contract/Refusal.ts"
import { millisOf, type Node } from "../tree/Node.ts"
import { cachedSource, cacheName } from "./CachedSource.ts"
import { besides } from "./ConflictName.ts"
import { segmentsOf } from "./Edits.ts"
import { orNothing } from "./Run.ts"
import { haveSameBytes, isSameVersion } from "./Same.ts"
import type { World } from "./World.ts"

const partConcurrency = 4

/** What is to be kept beside the bytes of a node, in the place of what `seen` has. */
export const metadataOf = ({ provider, settings }: World, node: Node, seen = node.seen): Metadata | undefined => {
  if (!provider.capabilities.keepsMetadata) return undefined
  const { gid, uid } = settings.owner
  // An owner that is said already stays said, as whoever said it says it of every file.
  const said = ofMetadata(seen?.metadata)
  return toMetadata(
    {
      isLink: node.kind === "symlink",
      mode: node.kind === "symlink" ? 0o777 : node.mode,
      uid: node.uid === uid && said?.uid === undefined ? undefined : node.uid,
      gid: node.gid === gid && said?.gid === undefined ? undefined : node.gid
    },
    seen?.metadata
  )
}

/** Whether `seen` has another time or mode than is shown here, as far as the storage can keep them. */
export const attributesDiffer = (
  world: World,
  node: Node,
  seen = node.seen
): { readonly time: boolean; readonly metadata: boolean } => {
  const { capabilities } = world.provider
  if (seen === undefined) return { time: false, metadata: false }
  const precision = capabilities.modifiedAtPrecision
  const millis = millisOf(node.modified)
  const isOld =
    precision !== undefined && seen.modifiedAt !== undefined && Math.abs(seen.modifiedAt - millis) >= precision
  const kept = ofMetadata(seen.metadata)
  const wanted = ofMetadata(metadataOf(world, node, seen))
  const isOther =
    (kept?.mode ?? usualMode) !== (wanted?.mode ?? usualMode) || kept?.uid !== wanted?.uid || kept?.gid !== wanted?.gid
  return { time: isOld, metadata: capabilities.keepsMetadata && isOther }
}

/** What the storage has once it was given the node's time and mode; `current` where that is so already. */
export const dressed = async (world: World, node: Node, current: File): Promise<File> => {
  const { setMetadata, touch } = world.provider
  const [millis, nanoseconds] = [millisOf(node.modified), node.modified.nanoseconds % 1_000_000]
  const { metadata, time } = attributesDiffer(world, node, current)
  if (metadata && setMetadata !== undefined) {
    return world.run(setMetadata(current, metadataOf(world, node, current), millis, nanoseconds))
  }
  return time && touch !== undefined ? world.run(touch(current, millis, nanoseconds)) : current
}

/** Of a file that must be here whole until it is sent. Some room is added for what else is written meanwhile. */
const tooSmall = (size: number, quota: number): NoSpace => {
  const wanted = `${Math.ceil((size * 1.125) / mebibyte)}M`
  return new NoSpace({
    message: `all of its ${Amount.bytes(size)} must be here until they are sent, as the storage keeps no old version to copy from, and the cache has ${Amount.bytes(quota)}`,
    remedy: remedy("enlargeCache", { size: wanted })
  })
}

/** Bytes of the cache, fetched as far as they must be sent. Where there is no room they are read again once they are sent. */
const fetched = async ({ contents, fetcher }: World, content: Content, start: number, end: number): Promise<void> => {
  const there = await fetcher.ensureAll(content, start, end)
  if (!isRefused(there)) return
  if (there.refusal === "NoSpace" && content.base !== undefined && contents.keeps(content.base)) return
  throw new StorageError({
    provider: cacheName,
    operation: "read",
    ...(content.base === undefined ? {} : { path: content.base.path }),
    reason:
      there.refusal === "NoSpace"
        ? tooSmall(content.size, contents.quota)
        : new Unavailable({ message: there.message ?? "bytes that are to be sent again could not be had" })
  })
}

/** All bytes are here, and known to be: once ours replace them, the storage may not have the others any more, unless it keeps them. */
const secured = async (world: World, content: Content): Promise<void> => {
  await fetched(world, content, 0, content.size)
  if (content.base === undefined) return
  content.sum()
  content.isUnsaved = true
  world.journal.transaction(() => world.contents.save(content))
}

const segmented = async (world: World, content: Content) => {
  const { largeFile, capabilities } = world.provider
  const { base, size } = content
  if (base === undefined || largeFile?.copyPart === undefined) return undefined
  if (base.versionId === undefined && capabilities.keepsVersions) return undefined
  const segments = segmentsOf(base, content.dirty.all(), size, largeFile.limits)
  for (const { copyOf, length, offset } of segments ?? []) {
    if (copyOf === undefined) await fetched(world, content, offset, offset + length)
  }
  return segments
}

/** How the storage itself replaces nothing but `current`; undefined where it can not. */
const conditionalPut = ({ putIfAbsent, putIfSame }: Provider, current: File | undefined): Put | undefined => {
  if (current === undefined) return putIfAbsent
  return putIfSame === undefined ? undefined : (_, source, options) => putIfSame(current, source, options)
}

/** What is about to be stored: so many bytes, of which the storage may have those of `base`. */
export interface Sent {
  readonly size: number
  readonly base?: File | undefined
}

/** Parts that are joined are stored on no condition. */
const isOneRequest = (provider: Provider, { base, size }: Sent): boolean => {
  const { largeFile } = provider
  const mayBeCopied =
    base !== undefined && largeFile?.copyPart !== undefined && size >= 2 * largeFile.limits.minPartSize
  return size <= Upload.mostAtOnce(provider) && !mayBeCopied
}

/** Whether what stands at the path can not be replaced, or is found out afterwards, without a look before. */
export const tellsReplaced = ({ listsVersions, provider }: World, sent: Sent, expected: File | undefined): boolean =>
  listsVersions === true || (conditionalPut(provider, expected) !== undefined && isOneRequest(provider, sent))

/** Somebody stored, or removed, what was to be replaced, and the storage refused: nothing has changed. */
export const isOvertaken = (error: unknown): boolean =>
  isStorageError(error) &&
  (error.reason._tag === "AlreadyExists" || (error.reason._tag === "SourceChanged" && error.operation === "putIfSame"))

/** Fails as overtaken where something else than `current` is at the path by now. */
const lookOnce = (provider: Provider, path: RemotePath.RemotePath, current: File | undefined) =>
  provider.stat(path).pipe(
    Effect.catchReason("StorageError", "NotFound", () => Effect.succeed(undefined)),
    Effect.flatMap((found) => {
      if (isSameVersion(found, current)) return Effect.void
      const reason = new AlreadyExists({ message: "another client stored or removed it while its parts were sent" })
      return Effect.fail(new StorageError({ provider: provider.name, operation: "finish", path, reason }))
    })
  )

/**
 * A provider that replaces nothing but `current`, as far as the storage can promise that. Parts are joined on no condition:
 * where nothing tells afterwards what they replaced, the last moment before is looked at.
 */
const careful = (
  { listsVersions, provider }: World,
  path: RemotePath.RemotePath,
  current: File | undefined
): Provider => {
  const { largeFile } = provider
  const put = conditionalPut(provider, current) ?? provider.put
  if (largeFile === undefined || listsVersions === true) return { ...provider, put }
  const finish: LargeFile["finish"] = (...args) =>
    Effect.andThen(lookOnce(provider, path, current), largeFile.finish(...args))
  return { ...provider, put, largeFile: { ...largeFile, finish } }
}

/** A node as it is at this moment, to be sent so or not at all. */
export const sendingOf = (world: World, node: Node, content: Content, path: RemotePath.RemotePath) => ({
  ino: node.ino,
  source: cachedSource(content, path, (offset, into) => world.fetcher.read(content, offset, into, 0)),
  options: {
    modifiedAt: millisOf(node.modified),
    nanoseconds: node.modified.nanoseconds % 1_000_000,
    metadata: metadataOf(world, node),
    contentType: node.seen?.contentType,
    durable: true,
    partConcurrency
  }
})

type Sending = ReturnType<typeof sendingOf>

/**
 * Parts that were sent of a node and are of no use any more go. Where the storage refuses that for good they are told of,
 * and tried again by the next mount.
 */
export const dropCutOff = async (world: World, ino: number): Promise<void> => {
  const { cutOffs, provider, run, settings } = world
  const left = cutOffs.of(ino)
  if (left === undefined || provider.largeFile === undefined) return
  try {
    await run(retrying(provider.largeFile.cancel(left.file)))
  } catch (error) {
    // Without a key nothing else goes on either, and is tried again with one.
    if (!isStorageError(error) || error.isRetryable || error.reason._tag === "Unauthenticated") throw error
    settings.note(
      "PartsLeft",
      `what was sent of "${left.file.path}" stays at ${provider.name}, unfinished and paid for: ${error.message}`,
      remedy("cancelUnfinished", { place: provider.name })
    )
    return
  }
  cutOffs.over(ino)
}

/** How the upload of `segments` goes on where one of the very same was cut off. */
const goingOn = async (
  world: World,
  { ino, options }: Sending,
  path: string,
  segments: ReadonlyArray<Segment> | undefined
): Promise<CutOff | undefined> => {
  const { contentType, metadata, modifiedAt } = options
  const whole = JSON.stringify({ path, modifiedAt, metadata, contentType, segments })
  const plan = segments === undefined ? undefined : createHash("sha1").update(whole).digest("hex")
  if (world.cutOffs.of(ino)?.plan !== plan) {
    await dropCutOff(world, ino)
    // What of it could not go makes way for what is sent now.
    world.cutOffs.over(ino)
  }
  if (plan === undefined) return undefined
  return {
    earlier: world.cutOffs.of(ino)?.file,
    note: (file) => (file === undefined ? world.cutOffs.over(ino) : world.cutOffs.note(ino, { plan, file }))
  }
}

/** Stores the bytes of a content at `path`, of which the storage copies what it has; in the place of `current`. */
export const send = async (
  world: World,
  content: Content,
  sending: Sending,
  path: RemotePath.RemotePath,
  current: File | undefined
): Promise<DatedFile> => {
  const { options, source } = sending
  const segments = await segmented(world, content)
  const cutOff = await goingOn(world, sending, path, segments)
  if (segments === undefined) await secured(world, content)
  source.refuseChanged()
  world.settings.at("send.before")
  const provider = careful(world, path, current)
  const file = await world.run(Upload.upload(provider, path, source, { ...options, segments, cutOff }))
  world.settings.at("send.after")
  return file
}

export const sendLink = (
  world: World,
  node: Node,
  path: RemotePath.RemotePath,
  current: File | undefined
): Promise<DatedFile> =>
  world.run(
    careful(world, path, current).put(path, fromBytes(Buffer.from(node.target ?? "")), {
      modifiedAt: millisOf(node.modified),
      metadata: metadataOf(world, node),
      durable: true
    })
  )

/** Keeps `theirs`, which is about to be replaced, under a name beside it. */
const keepBesides = async (world: World, theirs: File, path: RemotePath.RemotePath): Promise<void> => {
  const { provider, settings, tree } = world
  const directory = RemotePath.parent(path)
  const parent = tree.at(directory)
  for (let again = 0; ; again++) {
    const name = besides(RemotePath.basename(path), "conflict", new Date(settings.now()), settings.host, again)
    const to = RemotePath.join(directory, RemotePath.makeUnsafe(name))
    if (parent !== undefined && tree.child(parent.ino, name) !== undefined) continue
    if ((await orNothing(world.run, provider.stat(to))) !== undefined) continue
    if (provider.copy !== undefined) await world.run(provider.copy(theirs, provider.location, to))
    else
      await world.run(
        Upload.upload(provider, to, sourceOf(world, theirs), { modifiedAt: theirs.modifiedAt ?? 0, partConcurrency })
      )
    settings.note("Conflict", `another client changed "${path}" meanwhile; its version is kept as "${to}"`)
    return
  }
}

const sourceOf = ({ provider }: World, file: File) => ({
  size: file.size,
  bytes: provider.readAll(file),
  read: (range?: { readonly offset: number; readonly length: number }) => provider.read(file, range)
})

/** Stored from here, before a kill or with an answer that was lost, and overtaken by what is to be stored now. */
const isOwnEarlier = ({ begun }: World, path: string, file: File): boolean =>
  begun.at(path).some((earlier) => haveSameBytes(earlier, file))

export interface Look {
  /** Ours already, of a try whose end was not noted. */
  readonly stored?: DatedFile | undefined
  /** What is about to be replaced. */
  readonly current: File | undefined
  /** Whether that was stored from here, of an earlier try whose end was not noted. */
  readonly isEarlier?: boolean
}

/** What stands at `path`; anything but what was `expected` there is kept beside it. */
export const lookBefore = async (
  world: World,
  path: RemotePath.RemotePath,
  expected: File | undefined,
  isOurs: (file: File) => boolean | Promise<boolean>
): Promise<Look> => {
  const current = await orNothing(world.run, world.provider.stat(path))
  if (current === undefined || isSameVersion(current, expected)) return { current }
  if (await isOurs(current)) return { stored: current, current }
  const isEarlier = isOwnEarlier(world, path, current)
  if (!isEarlier) await keepBesides(world, current, path)
  return { current, isEarlier }
}

/** So many versions are looked at: ours, those of tries before it, and the one that they replaced. */
const versionsSeen = 8

/** Whether another client's version was replaced by ours, which was to replace `expected`: it lies below ours, and is kept beside it. */
export const lookAfter = async (
  world: World,
  path: RemotePath.RemotePath,
  ours: File,
  expected: File | undefined,
  earlier: ReadonlyArray<File>
): Promise<void> => {
  const { versions } = world.provider
  if (versions === undefined || ours.versionId === undefined || world.listsVersions === false) return
  const listing = Stream.runCollect(versions.list(path, { newest: versionsSeen }))
  const rows = await world.run(
    Effect.catchReason(listing, "StorageError", "PermissionDenied", () => {
      // Whoever may not list them looks before, from now on.
      world.listsVersions = false
      return Effect.succeed([])
    })
  )
  const own = rows.findIndex(({ versionId }) => versionId === ours.versionId)
  if (own >= 0) world.listsVersions = true
  for (const version of rows.slice(own + 1)) {
    const file = Versions.fileOf(version)
    if (own < 0 || version.kind === "Hidden" || isSameVersion(file, expected)) return
    if (haveSameBytes(file, ours) || earlier.some((begun) => haveSameBytes(begun, file))) continue
    await keepBesides(world, file, path)
    return
  }
}
