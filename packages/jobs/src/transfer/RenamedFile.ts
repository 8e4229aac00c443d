/** A provider of one file, as if that were called something else. */
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

export interface RenamedFile {
  /** What can be asked of it goes by the new name. */
  readonly provider: Provider
  /** The file as its storage has it, which is how the service is to be told what to copy. */
  readonly stored: <Some extends File>(file: Some) => Some
}

export const make = (provider: Provider, from: RemotePath, to: RemotePath): RenamedFile => {
  const inside = (path: RemotePath): RemotePath => (path === to ? from : path)
  const stored: RenamedFile["stored"] = (file) => ({ ...file, path: inside(file.path) })
  const shown = <Some extends File>(file: Some): Some => ({ ...file, path: file.path === from ? to : file.path })
  const { digest, locate, remove } = provider
  const renamed: Provider = {
    ...provider,
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
    setMetadata: undefined,
    versions: undefined
  }
  return { provider: renamed, stored }
}
