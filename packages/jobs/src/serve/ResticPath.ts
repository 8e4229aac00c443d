/** What a path of restic's REST protocol names; what lies before it is the folder of one of several repositories. */
import type { FileType } from "@ourclone/backup/format/RepositoryFile"
import * as RepositoryFile from "@ourclone/backup/format/RepositoryFile"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as UrlPath from "./UrlPath.ts"

export type Wanted =
  | { readonly _tag: "Repository"; readonly folder: RemotePath.RemotePath }
  | { readonly _tag: "Files"; readonly folder: RemotePath.RemotePath; readonly type: FileType }
  /** `id` is `undefined` for the configuration, which no hash names. */
  | {
      readonly _tag: "File"
      readonly path: RemotePath.RemotePath
      readonly type: FileType | "config"
      readonly id?: string
    }

export const fileTypes: ReadonlyArray<FileType> = ["data", "index", "keys", "locks", "snapshots"]

const typeOf = (name: string | undefined): FileType | undefined => fileTypes.find((type) => type === name)

/** A repository inside of the files of another would be taken for one of them. */
const isFolder = (names: ReadonlyArray<string>): boolean =>
  names.every((name) => typeOf(name) === undefined && name !== RepositoryFile.configPath)

const folderOf = (names: ReadonlyArray<string>) => RemotePath.makeUnsafe(names.join("/"))

const named = (names: ReadonlyArray<string>, endsWithSlash: boolean): Wanted | undefined => {
  const [above, last] = [typeOf(names.at(-2)), names.at(-1)]
  if (above !== undefined && last !== undefined) {
    const folder = names.slice(0, -2)
    const path = RepositoryFile.pathOf(above, last)
    return !endsWithSlash && isFolder(folder) && RepositoryFile.isPathOf(above, path)
      ? { _tag: "File", path: RemotePath.join(folderOf(folder), path), type: above, id: last }
      : undefined
  }
  const [folder, type] = [names.slice(0, -1), typeOf(last)]
  if (type !== undefined) return isFolder(folder) ? { _tag: "Files", folder: folderOf(folder), type } : undefined
  if (last === RepositoryFile.configPath && !endsWithSlash)
    return isFolder(folder)
      ? { _tag: "File", path: RemotePath.join(folderOf(folder), RepositoryFile.configPath), type: "config" }
      : undefined
  return isFolder(names) ? { _tag: "Repository", folder: folderOf(names) } : undefined
}

/** `undefined` for what no repository has. */
export const parse = (path: string): Wanted | undefined => {
  const parsed = UrlPath.parse(path)
  return parsed && named(parsed.path === "" ? [] : parsed.path.split("/"), parsed.isFolder)
}
