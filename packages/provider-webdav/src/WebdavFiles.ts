/** Single files: stat, put, touch, remove, and copies and other names that the server makes. */
import { smallSize } from "@ourclone/core/contract/ByteSource"
import type { DatedFile, File } from "@ourclone/core/contract/Entry"
import type { Provider, Put, PutOptions } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import {
  AlreadyExists,
  InvalidRequest,
  NotFound,
  type Reason,
  SourceChanged,
  type StorageError,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { type Resource, written, writtenText } from "./Resource.ts"
import { isTemporary, temporaryPath } from "./TemporaryName.ts"
import { bodyOf } from "./UploadBody.ts"
import { makeFolder, statDirectory, withParents } from "./WebdavFolders.ts"
import { fileUrl, look, lookAt, type WebdavRoot } from "./WebdavRoot.ts"

const noFile = () => new NotFound({ message: "there is no such file" })

/** Fails with `InvalidRequest` where no file may be stored. */
const targetUrl = (root: WebdavRoot, operation: string, path: RemotePath.RemotePath) => {
  if (!isTemporary(RemotePath.basename(path))) return fileUrl(root, operation, path)
  const message = "names of this form are kept for files that are not whole yet: rename it"
  return Effect.fail(root.fail(operation, path, new InvalidRequest({ message, concernsName: true })))
}

/** `NotFound` unless it is a file. */
const lookFile = (root: WebdavRoot, operation: string, path: RemotePath.RemotePath) =>
  Effect.flatMap(fileUrl(root, operation, path), () =>
    Effect.flatMap(look(root, path), (found) =>
      found.isCollection ? Effect.fail(root.fail(operation, path, noFile())) : Effect.succeed(found)
    )
  )

export const stat =
  (root: WebdavRoot): Provider["stat"] =>
  (path) =>
    Effect.map(lookFile(root, "stat", path), ({ file }) => file(path))

/** Fails with `SourceChanged` when what is there is another file than was seen. */
const lookSame = (root: WebdavRoot, operation: string, file: File): Effect.Effect<Resource, StorageError> =>
  Effect.flatMap(lookFile(root, operation, file.path), (found) =>
    file.identity === undefined || file.identity === found.file(file.path).identity
      ? Effect.succeed(found)
      : Effect.fail(
          root.fail(
            operation,
            file.path,
            new SourceChanged({ message: "it was replaced after it was seen: run again" })
          )
        )
  )

/** Notes the time beside the bytes that it is of. Whether the server keeps such notes shows when it is asked again. */
const note = (root: WebdavRoot, path: RemotePath.RemotePath, modifiedAt: number, { lastModified, size }: Resource) =>
  root.client.patch(path, root.urlOf(path), { [written]: writtenText(modifiedAt, size, lastModified) }).pipe(
    Effect.asVoid,
    // A server without properties stores files all the same.
    Effect.catchReasons("StorageError", { InvalidRequest: () => Effect.void, PermissionDenied: () => Effect.void })
  )

const hasTime = (root: WebdavRoot, path: RemotePath.RemotePath, stored: Resource, modifiedAt: number): boolean =>
  root.habits.keepsTime === "header" && Math.abs(stored.file(path).modifiedAt - modifiedAt) < 1000

const timeHeader = (root: WebdavRoot, modifiedAt: number): Readonly<Record<string, string>> =>
  root.habits.keepsTime === "header" ? { "x-oc-mtime": `${Math.floor(modifiedAt / 1000)}` } : {}

/** What a server does to a name that is taken; a folder would go with all that is in it. */
const give = (root: WebdavRoot, from: RemotePath.RemotePath, to: RemotePath.RemotePath) => {
  const { client } = root
  const destination = client.origin + root.urlOf(to)
  const renamed = (overwrite: "T" | "F") =>
    client.send(
      to,
      { method: "MOVE", path: root.urlOf(from), headers: { destination, overwrite } },
      overwrite === "F" ? [412] : []
    )
  return Effect.flatMap(renamed("F"), ({ status }) => {
    if (status !== 412) return Effect.void
    return Effect.flatMap(
      Effect.catchReason(look(root, to), "StorageError", "NotFound", () => Effect.succeed(undefined)),
      (there) => {
        if (there?.isCollection !== true) return Effect.asVoid(renamed("T"))
        const message = "a folder has this name"
        return Effect.fail(root.fail("put", to, new InvalidRequest({ message, concernsName: true })))
      }
    )
  })
}

/** A server takes away what is there before it gives the name to what another client puts at the same moment. */
const replacingMillis = 100

/** Of what was stored under a temporary name: its time is noted, and it gets the right one. */
const settle = (
  root: WebdavRoot,
  temporary: RemotePath.RemotePath,
  path: RemotePath.RemotePath,
  size: number,
  modifiedAt: number
) =>
  Effect.gen(function* () {
    const stored = yield* look(root, temporary)
    if (stored.size !== size) {
      const message = `the server has ${stored.size} bytes of the ${size} that were sent`
      return yield* root.fail("put", path, new UnexpectedResponse({ message }))
    }
    if (!hasTime(root, temporary, stored, modifiedAt)) yield* note(root, temporary, modifiedAt, stored)
    yield* give(root, temporary, path)
    const there = Effect.catchReason(look(root, path), "StorageError", "NotFound", () =>
      Effect.andThen(Effect.sleep(replacingMillis), look(root, path))
    )
    return yield* Effect.map(there, ({ file }) => file(path))
  })

const dropTemporary = (root: WebdavRoot, path: RemotePath.RemotePath) =>
  Effect.ignore(root.client.send(path, { method: "DELETE", path: root.urlOf(path) }, [404]))

/** Runs `store` with a temporary name, which does not outlive a failure. */
const beside = <A>(
  root: WebdavRoot,
  path: RemotePath.RemotePath,
  store: (temporary: RemotePath.RemotePath) => Effect.Effect<A, StorageError>
): Effect.Effect<A, StorageError> =>
  Effect.suspend(() => {
    const temporary = temporaryPath(path)
    return Effect.onExit(store(temporary), (exit) =>
      Exit.isSuccess(exit) ? Effect.void : dropTemporary(root, temporary)
    )
  })

/** A large body is on its way when a server says that its folder is not there, and the answer is lost with the connection. */
const withFolder = <A>(
  root: WebdavRoot,
  path: RemotePath.RemotePath,
  size: number,
  write: Effect.Effect<A, StorageError>
): Effect.Effect<A, StorageError> =>
  size > smallSize ? Effect.andThen(makeFolder(root, RemotePath.parent(path)), write) : withParents(root, path, write)

const send = (
  root: WebdavRoot,
  path: RemotePath.RemotePath,
  at: RemotePath.RemotePath,
  source: Parameters<Put>[1],
  options: PutOptions
) =>
  Effect.flatMap(bodyOf(root, path, source), ({ body, sha1 }) =>
    root.client.send(path, {
      method: "PUT",
      path: root.urlOf(at),
      headers: {
        "content-length": `${source.size}`,
        "content-type": options.contentType ?? "application/octet-stream",
        ...timeHeader(root, options.modifiedAt),
        ...(root.habits.keepsDigests && sha1 !== undefined ? { "oc-checksum": `SHA1:${sha1}` } : {})
      },
      body
    })
  )

/** A server that keeps folders and files apart would put nothing where a folder is; told before it is asked. */
const putWhole = (root: WebdavRoot, path: RemotePath.RemotePath, source: Parameters<Put>[1], options: PutOptions) =>
  Effect.gen(function* () {
    yield* withFolder(root, path, source.size, send(root, path, path, source, options))
    const stored = yield* look(root, path)
    if (stored.size === source.size) {
      if (hasTime(root, path, stored, options.modifiedAt)) return stored.file(path)
      yield* note(root, path, options.modifiedAt, stored)
      return (yield* look(root, path)).file(path)
    }
    const message = `the server has ${stored.size} bytes of the ${source.size} that were sent`
    return yield* root.fail("put", path, new UnexpectedResponse({ message }))
  })

export const put =
  (root: WebdavRoot): Put =>
  (path, source, options) =>
    Effect.andThen(
      targetUrl(root, "put", path),
      root.habits.putIsWhole
        ? putWhole(root, path, source, options)
        : beside(root, path, (temporary) =>
            Effect.andThen(
              withFolder(root, path, source.size, send(root, path, temporary, source, options)),
              settle(root, temporary, path, source.size, options.modifiedAt)
            )
          )
    )

export const touch =
  (root: WebdavRoot): NonNullable<Provider["touch"]> =>
  (file, modifiedAt) =>
    Effect.gen(function* () {
      const { path } = file
      yield* lookSame(root, "touch", file)
      if (root.habits.keepsTime === "header") {
        const seconds = `${Math.floor(modifiedAt / 1000)}`
        yield* root.client.patch(path, root.urlOf(path), { "{DAV:}lastmodified": seconds })
      }
      const seen = yield* look(root, path)
      if (!hasTime(root, path, seen, modifiedAt)) yield* note(root, path, modifiedAt, seen)
      return (yield* look(root, path)).file(path)
    })

/** A server removes a folder with all that is in it, so what is there is looked at first. */
export const remove =
  (root: WebdavRoot): Provider["remove"] =>
  (path) =>
    Effect.flatMap(lookFile(root, "remove", path), () =>
      Effect.asVoid(root.client.send(path, { method: "DELETE", path: root.urlOf(path) }, [404]))
    ).pipe(Effect.catchReason("StorageError", "NotFound", () => Effect.void))

export const copy =
  (root: WebdavRoot): NonNullable<Provider["copy"]> =>
  (from, fromLocation, to) =>
    Effect.gen(function* () {
      yield* targetUrl(root, "copy", to)
      const url = root.urlIn(fromLocation, from.path)
      const source = yield* lookAt(root, from.path, url)
      const fail = (reason: Reason) => root.fail("copy", from.path, reason)
      if (source.isCollection) return yield* fail(noFile())
      const seen = source.file(from.path)
      if (from.identity !== undefined && from.identity !== seen.identity) {
        return yield* fail(new SourceChanged({ message: "it was replaced after it was seen" }))
      }
      return yield* beside(root, to, (temporary) => {
        const destination = root.client.origin + root.urlOf(temporary)
        const copied = root.client.send(to, { method: "COPY", path: url, headers: { destination, overwrite: "F" } })
        return Effect.andThen(withParents(root, to, copied), settle(root, temporary, to, seen.size, seen.modifiedAt))
      })
    })

export const move =
  (root: WebdavRoot): NonNullable<Provider["move"]> =>
  (from, to) =>
    Effect.gen(function* () {
      yield* targetUrl(root, "move", to)
      yield* lookSame(root, "move", from)
      yield* withParents(root, to, give(root, from.path, to))
      return (yield* look(root, to)).file(to) satisfies DatedFile
    })

export const moveDirectory =
  (root: WebdavRoot): NonNullable<Provider["moveDirectory"]> =>
  (from, to) =>
    Effect.gen(function* () {
      yield* statDirectory(root)(from)
      const fail = (reason: Reason) => root.fail("moveDirectory", from, reason)
      if (RemotePath.isWithin(to, from)) {
        return yield* fail(new InvalidRequest({ message: "it would lie inside itself" }))
      }
      const destination = `${root.client.origin}${root.urlOf(to)}/`
      const moved = root.client.send(
        from,
        { method: "MOVE", path: `${root.urlOf(from)}/`, headers: { destination, overwrite: "F" } },
        [412]
      )
      // Of a folder that is not there a server may say only that something failed.
      yield* makeFolder(root, RemotePath.parent(to))
      const { status } = yield* moved
      if (status === 412) return yield* fail(new AlreadyExists({ message: "something is there already" }))
    })
