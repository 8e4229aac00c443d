/**
 * What a user types for a place: `photos:2024`, `b2://bucket/2024`, `../photos`.
 *
 * Total and pure: every text means exactly one thing, given what is configured
 * and which types the program knows.
 */

export type RemoteName =
  /** A path of this machine, as it was typed. */
  | { readonly _tag: "Local"; readonly path: string }
  | { readonly _tag: "Configured"; readonly remote: string; readonly location: string }
  /** A provider type used without a configured remote: credentials come from the environment. `prefix` is `b2://` or `b2:`. */
  | { readonly _tag: "Unconfigured"; readonly type: string; readonly prefix: string; readonly location: string }
  | { readonly _tag: "UnknownRemote"; readonly remote: string; readonly location: string }
  | { readonly _tag: "UnknownType"; readonly type: string; readonly location: string }
  | { readonly _tag: "Invalid"; readonly because: string }

export interface Known {
  readonly remotes: ReadonlyArray<string>
  readonly types: ReadonlyArray<string>
  /** `process.platform`. */
  readonly platform: string
}

const beforeColon = /^([^/\\:]+):(.*)$/s
const address = /^([A-Za-z0-9_.-]+):\/\/(.*)$/s
const remoteName = /^(?!\.+$)[A-Za-z0-9_.-]+$/

/** Whether a new remote may be called `name`: at least two of `A-Z a-z 0-9 _ . -`, not beginning with `-` or `.`. */
export const isValidName = (name: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9_.-]+$/.test(name)

/** Whether the meaning of `text` depends on what is configured; when not, it is a path. */
export const mayBeRemote = (text: string): boolean => beforeColon.test(text)

export const parse = (text: string, known: Known): RemoteName => {
  if (text === "") return { _tag: "Invalid", because: 'it is empty; write "." for this folder' }
  if (text.includes("\0")) return { _tag: "Invalid", because: "it holds a NUL character" }

  const [, scheme, afterSlashes] = address.exec(text) ?? []
  const [, name, location] = beforeColon.exec(text) ?? []
  if (name === undefined || location === undefined) return { _tag: "Local", path: text }

  const isDrive = known.platform === "win32" && /^[A-Za-z]$/.test(name) && /^[/\\]/.test(location)
  if (isDrive) return { _tag: "Local", path: text }

  const type = scheme?.toLowerCase()
  if (type !== undefined && afterSlashes !== undefined && known.types.includes(type)) {
    return { _tag: "Unconfigured", type, prefix: `${type}://`, location: afterSlashes }
  }
  if (known.remotes.includes(name)) return { _tag: "Configured", remote: name, location: afterSlashes ?? location }
  if (type !== undefined && type.length > 1 && afterSlashes !== undefined) {
    return { _tag: "UnknownType", type, location: afterSlashes }
  }
  if (known.types.includes(name)) return { _tag: "Unconfigured", type: name, prefix: `${name}:`, location }
  const mayBeDrive = known.platform === "win32" && name.length === 1
  if (!mayBeDrive && remoteName.test(name)) return { _tag: "UnknownRemote", remote: name, location }
  return { _tag: "Local", path: text }
}
