/** Every call of a provider in one place, so that a layer says once what it does around each. */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { LargeFile } from "../contract/LargeFile.ts"
import type { Provider } from "../contract/Provider.ts"
import type { StorageError } from "../contract/StorageError.ts"

/** What is called: `put`, `largeFile.uploadPart`, `versions.list` …; and the path or name that it is about, "" where it is none. */
export interface Call {
  readonly method: string
  readonly path: string
}

export interface Around {
  readonly effect: <A>(work: Effect.Effect<A, StorageError>, call: Call) => Effect.Effect<A, StorageError>
  readonly stream: <A>(work: Stream.Stream<A, StorageError>, call: Call) => Stream.Stream<A, StorageError>
}

const aroundLargeFile = (largeFile: LargeFile, { effect, stream }: Around): LargeFile => {
  const { copyPart } = largeFile
  const at = (method: string, path: string): Call => ({ method: `largeFile.${method}`, path })
  return {
    limits: largeFile.limits,
    start: (path, options) => effect(largeFile.start(path, options), at("start", path)),
    uploadPart: (file, number, bytes, options) =>
      effect(largeFile.uploadPart(file, number, bytes, options), at("uploadPart", file.path)),
    ...(copyPart && {
      copyPart: (file, number, from, range) => effect(copyPart(file, number, from, range), at("copyPart", file.path))
    }),
    finish: (file, parts, options) => effect(largeFile.finish(file, parts, options), at("finish", file.path)),
    cancel: (file) => effect(largeFile.cancel(file), at("cancel", file.path)),
    unfinished: (path) => stream(largeFile.unfinished(path), at("unfinished", path)),
    parts: (file) => stream(largeFile.parts(file), at("parts", file.path))
  }
}

/** `provider` with something around each of its calls. Nothing is added to what it can do, and nothing lost. */
export const wrap = (provider: Provider, { effect, stream }: Around): Provider => {
  const { buckets, copy, digest, freeSpace, largeFile, leftovers, tidy, makeDirectory, move, moveDirectory } = provider
  const { link, putIfAbsent, putIfSame, removeDirectory, setMetadata, statDirectory, touch, versions } = provider
  const { hide } = versions ?? {}
  const at = (method: string, path: string): Call => ({ method, path })
  return {
    ...provider,
    list: (directory, options) => stream(provider.list(directory, options), at("list", directory)),
    stat: (path) => effect(provider.stat(path), at("stat", path)),
    statDirectory: statDirectory && ((path) => effect(statDirectory(path), at("statDirectory", path))),
    read: (file, range) => stream(provider.read(file, range), at("read", file.path)),
    readAll: (file) => effect(provider.readAll(file), at("readAll", file.path)),
    digest:
      digest &&
      ((file) => (partSize, algorithm, onHashed) =>
        effect(digest(file)(partSize, algorithm, onHashed), at("digest", file.path))),
    put: (path, bytes, options) => effect(provider.put(path, bytes, options), at("put", path)),
    putIfAbsent:
      putIfAbsent && ((path, bytes, options) => effect(putIfAbsent(path, bytes, options), at("putIfAbsent", path))),
    putIfSame:
      putIfSame && ((file, bytes, options) => effect(putIfSame(file, bytes, options), at("putIfSame", file.path))),
    touch:
      touch &&
      ((file, modifiedAt, nanoseconds) => effect(touch(file, modifiedAt, nanoseconds), at("touch", file.path))),
    setMetadata:
      setMetadata &&
      ((file, metadata, modifiedAt, nanoseconds) =>
        effect(setMetadata(file, metadata, modifiedAt, nanoseconds), at("setMetadata", file.path))),
    remove: (path) => effect(provider.remove(path), at("remove", path)),
    makeDirectory: makeDirectory && ((path) => effect(makeDirectory(path), at("makeDirectory", path))),
    removeDirectory: removeDirectory && ((path) => effect(removeDirectory(path), at("removeDirectory", path))),
    copy: copy && ((from, location, to) => effect(copy(from, location, to), at("copy", to))),
    move: move && ((from, to) => effect(move(from, to), at("move", from.path))),
    moveDirectory: moveDirectory && ((from, to) => effect(moveDirectory(from, to), at("moveDirectory", from))),
    link: link && ((path, validMillis) => effect(link(path, validMillis), at("link", path))),
    largeFile: largeFile && aroundLargeFile(largeFile, { effect, stream }),
    versions: versions && {
      ...versions,
      list: (path, options) => stream(versions.list(path, options), at("versions.list", path)),
      remove: (version) => effect(versions.remove(version), at("versions.remove", version.path)),
      ...(hide && { hide: (path) => effect(hide(path), at("versions.hide", path)) })
    },
    tidy: tidy && effect(tidy, at("tidy", "")),
    leftovers: leftovers && {
      list: stream(leftovers.list, at("leftovers.list", "")),
      remove: (leftover) => effect(leftovers.remove(leftover), at("leftovers.remove", leftover.path))
    },
    buckets: buckets && {
      list: stream(buckets.list, at("buckets.list", "")),
      create: (name) => effect(buckets.create(name), at("buckets.create", name)),
      remove: (name) => effect(buckets.remove(name), at("buckets.remove", name)),
      ...(buckets.update && {
        update: (name, changes) => effect(buckets.update!(name, changes), at("buckets.update", name))
      }),
      setLifecycle: (name, rules) => effect(buckets.setLifecycle(name, rules), at("buckets.setLifecycle", name))
    },
    freeSpace: freeSpace && effect(freeSpace, at("freeSpace", ""))
  }
}
