/** Decides what a backup leaves out, by rules that `Excludes.resolve` has made. For any thread. */
import * as fs from "node:fs"
import { isFile, type Status } from "../system/Status.ts"
import * as PathFilter from "./PathFilter.ts"

export interface Tag {
  readonly name: string
  readonly header: string
}

/** Plain data that may be sent to a thread. */
export interface ExcludeRules extends PathFilter.PathPatterns {
  readonly tags: ReadonlyArray<Tag>
  readonly largerThan: number | undefined
  readonly oneFileSystem: boolean
  /** A folder that is left out whatever it is called and on whatever way it is reached. */
  readonly folder: { readonly deviceId: bigint; readonly inode: bigint } | undefined
}

export interface Excludes {
  /** By pattern alone, before anything is asked of the system. What is below an excluded directory is not looked at. */
  readonly excludesPath: (path: Buffer) => boolean
  /** By size, or as the folder that is meant. */
  readonly excludesStatus: (status: Status) => boolean
  /**
   * Of the names in a directory, those that stay: all of them, or only the tag
   * file of one that is tagged. `directory` has no `/` at its end; names are text with a character for each byte.
   */
  readonly keptNames: (directory: Buffer, names: ReadonlyArray<string>) => ReadonlyArray<string>
  /** The same for one path, whose directory has not been listed. */
  readonly excludesByTag: (path: Buffer) => boolean
}

const beginsWith = (path: Buffer, header: string): boolean => {
  let file: number | undefined
  try {
    file = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0))
    const wanted = Buffer.from(header)
    const found = Buffer.alloc(wanted.length)
    let size = 0
    while (size < found.length) {
      const more = fs.readSync(file, found, size, found.length - size, null)
      if (more === 0) return false
      size += more
    }
    return found.equals(wanted)
  } catch {
    return false
  } finally {
    if (file !== undefined) fs.closeSync(file)
  }
}

const exists = (path: Buffer): boolean => {
  try {
    fs.lstatSync(path)
    return true
  } catch {
    return false
  }
}

/** Rules must have come from `resolve`. */
export const make = (rules: ExcludeRules): Excludes => {
  const filter = PathFilter.make(rules)
  const tags = rules.tags.map(({ header, name }) => ({
    name: Buffer.from(name),
    text: Buffer.from(name).toString("latin1"),
    header
  }))
  const { folder, largerThan } = rules
  const slash = Buffer.from("/")
  const inDirectory = (directory: Buffer, name: Buffer) => Buffer.concat([directory, slash, name])
  const isTag = (directory: Buffer, { header, name }: (typeof tags)[number]): boolean =>
    header === "" || beginsWith(inDirectory(directory, name), header)
  let known: { readonly directory: Buffer; readonly tags: typeof tags } | undefined
  const tagsIn = (directory: Buffer): typeof tags => {
    if (known?.directory.equals(directory)) return known.tags
    const found = tags.filter((tag) => exists(inDirectory(directory, tag.name)) && isTag(directory, tag))
    known = { directory, tags: found }
    return found
  }
  return {
    excludesPath: (path) => filter.matches(path),
    excludesStatus: (status) =>
      (largerThan !== undefined && isFile(status) && status.size > largerThan) ||
      (folder !== undefined && status.inode === folder.inode && status.deviceId === folder.deviceId),
    keptNames: (directory, names) => {
      let kept = names
      for (const tag of tags) {
        if (!names.includes(tag.text) || !isTag(directory, tag)) continue
        kept = kept.filter((name) => name === tag.text)
      }
      return kept
    },
    excludesByTag: (path) => {
      if (tags.length === 0) return false
      const end = path.lastIndexOf(slash)
      const name = path.subarray(end + 1)
      return tagsIn(path.subarray(0, end)).some((tag) => !name.equals(tag.name))
    }
  }
}
