/** Folders, which are things of their own here. */
import type { Directory } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { InvalidRequest, NotFound, type StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { asked } from "./Resource.ts"
import { look, lookAt, type WebdavRoot } from "./WebdavRoot.ts"

/** `""` is the root of the place, whose own parents lie in its location. */
const parentsOf = (root: WebdavRoot, path: string): ReadonlyArray<string> => {
  const segments = [...root.location.split("/"), ...path.split("/")].filter((segment) => segment !== "")
  return segments.map((_, index) => segments.slice(0, index + 1).join("/"))
}

/** 405, or a way to the address with a `/`, says that it is there. */
const exists: ReadonlyArray<number> = [405, 301, 302, 307, 308]

/** Makes the folder and those above it. Succeeds when it is there. */
export const makeFolder = (root: WebdavRoot, path: string): Effect.Effect<void, StorageError> => {
  const make = (folder: string) => {
    const url = root.urlIn("", folder)
    const made = root.client.send(path, { method: "MKCOL", path: `${url}/` }, [409, ...exists])
    // Of two that make one folder at once, a server may tell the second only that it may not.
    return Effect.catchReason(made, "StorageError", "PermissionDenied", (_, error) =>
      Effect.matchEffect(lookAt(root, path, url), {
        onFailure: () => Effect.fail(error),
        onSuccess: ({ isCollection }) => (isCollection ? Effect.succeed({ status: 405 }) : Effect.fail(error))
      })
    )
  }
  const all = parentsOf(root, path)
  const from = (index: number): Effect.Effect<void, StorageError> => {
    const folder = all[index]
    if (folder === undefined) return Effect.void
    return Effect.flatMap(make(folder), ({ status }) => {
      if (status !== 409 || index === 0) {
        if (status !== 409) return Effect.void
        const message = "the folder of the address is not there"
        return Effect.fail(root.fail("MKCOL", path, new NotFound({ message })))
      }
      return Effect.andThen(
        from(index - 1),
        Effect.flatMap(make(folder), (again) =>
          again.status === 409
            ? Effect.fail(
                root.fail(
                  "MKCOL",
                  path,
                  new InvalidRequest({ message: `a file is where the folder ${folder} is to be`, concernsName: true })
                )
              )
            : Effect.void
        )
      )
    })
  }
  return from(all.length - 1)
}

export const makeDirectory =
  (root: WebdavRoot): NonNullable<Provider["makeDirectory"]> =>
  (path) =>
    Effect.gen(function* () {
      yield* makeFolder(root, path)
      // What is there may be a file.
      if (path === "" || (yield* look(root, path)).isCollection) return
      const message = "a file has this name"
      return yield* root.fail("makeDirectory", path, new InvalidRequest({ message, concernsName: true }))
    })

export const statDirectory =
  (root: WebdavRoot): NonNullable<Provider["statDirectory"]> =>
  (path) =>
    path === ""
      ? Effect.succeed<Directory>({ _tag: "Directory", path })
      : Effect.flatMap(look(root, path), ({ isCollection }) =>
          isCollection
            ? Effect.succeed<Directory>({ _tag: "Directory", path })
            : Effect.fail(root.fail("statDirectory", path, new NotFound({ message: "there is no such directory" })))
        )

/** A server removes a folder with all that is in it: whoever asks must have looked. */
export const removeDirectory =
  (root: WebdavRoot): NonNullable<Provider["removeDirectory"]> =>
  (path) =>
    Effect.gen(function* () {
      if (path === "" || !(yield* look(root, path)).isCollection) return
      const url = `${root.urlOf(path)}/`
      const rows = yield* root.client.find(path, url, 1, asked)
      const isAlone = rows.length > 0 && rows.every(({ href }) => root.pathOf(href) === path)
      if (isAlone) yield* root.client.send(path, { method: "DELETE", path: url }, [404])
    }).pipe(Effect.catchReason("StorageError", "NotFound", () => Effect.void))

/** Runs `write`, and once more when the folder of `path` had to be made first. */
export const withParents = <A>(
  root: WebdavRoot,
  path: RemotePath.RemotePath,
  write: Effect.Effect<A, StorageError>
): Effect.Effect<A, StorageError> =>
  Effect.catchReason(write, "StorageError", "NotFound", () =>
    Effect.andThen(makeFolder(root, RemotePath.parent(path)), write)
  )
