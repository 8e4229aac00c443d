/** A provider of one file, as if that were called something else. */
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/**
 * What can be asked of it goes by the new name; its bytes pass through this machine, as a service would copy it under
 * the old one.
 */
export const as = (provider: Provider, from: RemotePath, to: RemotePath): Provider => {
  const inside = (path: RemotePath): RemotePath => (path === to ? from : path)
  const stored = <Some extends File>(file: Some): Some => ({ ...file, path: inside(file.path) })
  const shown = <Some extends File>(file: Some): Some => ({ ...file, path: file.path === from ? to : file.path })
  const { digest, locate, remove } = provider
  return {
    ...provider,
    place: { ...provider.place, account: `${provider.place.account}, one file by another name` },
    list: (directory, options) =>
      Stream.map(provider.list(directory, options), (entry) => (entry._tag === "File" ? shown(entry) : entry)),
    stat: (path) => Effect.map(provider.stat(inside(path)), shown),
    read: (file, range) => provider.read(stored(file), range),
    readAll: (file) => provider.readAll(stored(file)),
    digest: digest && ((file) => digest(stored(file))),
    remove: (path) => remove(inside(path)),
    locate: locate && ((path) => locate(inside(path))),
    copy: undefined,
    touch: undefined,
    versions: undefined
  }
}
