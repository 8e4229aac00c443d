/** The parts of a text that names a place: `photos:2024`, `b2://bucket/a.txt`, `/home/ann`. */
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"

const isWindows = process.platform === "win32"
/** `photos:`, `b2://`, or nothing; and the path after it. */
const form = isWindows ? /^([A-Za-z]:(?=[\\/])|[^/\\:]+:(?:\/\/)?)?(.*)$/s : /^([^/\\:]+:(?:\/\/)?)?(.*)$/s
const separator = isWindows ? /[/\\]/g : /\//g

/** The remote or account alone, and the path in it. */
export const split = (text: string): { readonly prefix: string; readonly path: string } => {
  const [, prefix = "", path = ""] = form.exec(text) ?? []
  return { prefix, path }
}

export interface Parent {
  /** As it would be written. */
  readonly folder: string
  readonly name: RemotePath.RemotePath
}

/** The folder that holds what `text` names; `undefined` where it names none: `b2:`, `..`, `photos/`. */
export const parentOf = (text: string, ignoresSlash = false): Parent | undefined => {
  const { path: typed, prefix } = split(text)
  const path = ignoresSlash && typed.length > 1 ? typed.replace(/[/]+$/, "") : typed
  const last = [...path.matchAll(separator)].at(-1)?.index ?? -1
  const name = Spelling.ofTyped(path.slice(last + 1))
  if (RemotePath.refusal(name) !== undefined || name === "") return undefined
  const before = last === 0 ? path.slice(0, 1) : path.slice(0, Math.max(0, last))
  return { folder: prefix === "" && before === "" ? "." : prefix + before, name: RemotePath.makeUnsafe(name) }
}
