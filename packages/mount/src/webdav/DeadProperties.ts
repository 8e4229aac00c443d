/** Properties that clients made up: kept as XML beside the node, on this machine alone. */
import type { FileSystem } from "../contract/FileSystem.ts"
import { need, orNothing } from "./ByPath.ts"
import { keyOf } from "./LiveProperties.ts"
import { Problem } from "./Problem.ts"
import type { Element } from "./xml/Element.ts"
import { write } from "./xml/XmlText.ts"

const prefix = "dav:"
const longestValue = 64 * 1024
const mostOfOneNode = 200

export const read = async (
  fileSystem: FileSystem,
  ino: number,
  property: { readonly namespace: string; readonly name: string }
): Promise<string | undefined> => {
  const value = await orNothing(fileSystem.getProperty(ino, prefix + keyOf(property)))
  return value === undefined ? undefined : Buffer.from(value).toString()
}

export const list = async (
  fileSystem: FileSystem,
  ino: number
): Promise<ReadonlyArray<{ readonly namespace: string; readonly name: string }>> =>
  (await need(fileSystem.listProperties(ino))).flatMap((key) => {
    if (!key.startsWith(prefix)) return []
    const at = key.lastIndexOf(" ")
    return [{ namespace: key.slice(prefix.length, at), name: key.slice(at + 1) }]
  })

export interface Change {
  readonly element: Element
  readonly isRemoval: boolean
}

const put = async (fileSystem: FileSystem, ino: number, key: string, value: Uint8Array | undefined): Promise<void> => {
  if (value === undefined) await orNothing(fileSystem.removeProperty(ino, key))
  else await need(fileSystem.setProperty(ino, key, value, "replace"))
}

/** All changes in their order, or none of them: `507` where there are too many or a value is too long. */
export const change = async (fileSystem: FileSystem, ino: number, changes: ReadonlyArray<Change>): Promise<void> => {
  const after = new Map<string, Uint8Array | undefined>()
  for (const { element, isRemoval } of changes)
    after.set(prefix + keyOf(element), isRemoval ? undefined : Buffer.from(write(element)))
  for (const value of after.values())
    if (value !== undefined && value.length > longestValue)
      throw new Problem(507, "the value of a property is too long")
  if ((await list(fileSystem, ino)).length + after.size > mostOfOneNode) throw new Problem(507, "too many properties")
  const before = new Map<string, Uint8Array | undefined>()
  try {
    for (const [key, value] of after) {
      before.set(key, await orNothing(fileSystem.getProperty(ino, key)))
      await put(fileSystem, ino, key, value)
    }
  } catch (error) {
    for (const [key, value] of before) await put(fileSystem, ino, key, value)
    throw error
  }
}
