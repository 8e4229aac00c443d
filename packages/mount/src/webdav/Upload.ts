/** The bytes of a request on their way into a file. */
import type { Attributes, FileSystem, Time } from "../contract/FileSystem.ts"
import { newUnfinishedName } from "../contract/UnfinishedName.ts"
import { copyProperties, need, type Place } from "./ByPath.ts"
import { isNoise } from "./NoiseFileSystem.ts"
import { Problem } from "./Problem.ts"

const mode = 0o644
const writing = { reads: false, writes: true } as const

/** The next piece; `400` where the client went away in the middle. */
const nextOf = (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | undefined> =>
  reader.read().then(
    ({ value }) => value,
    () => {
      throw new Problem(400, "the body broke off")
    }
  )

/** Writes all that comes, from `offset`; how many bytes. What was not all sent fails, with what came so far written. */
const writeAll = async (
  fileSystem: FileSystem,
  handle: number,
  body: ReadableStream<Uint8Array> | null,
  offset: number
): Promise<number> => {
  if (body === null) return 0
  const reader = body.getReader()
  let at = offset
  try {
    for (let bytes = await nextOf(reader); bytes !== undefined; bytes = await nextOf(reader)) {
      for (let done = 0; done < bytes.length; )
        done += await need(fileSystem.write(handle, at + done, bytes.subarray(done)))
      at += bytes.length
    }
  } catch (error) {
    reader.cancel(error).catch(() => undefined)
    throw error
  }
  return at - offset
}

export interface Replacing {
  readonly place: Place
  readonly body: ReadableStream<Uint8Array> | null
  /** `undefined` where the client did not say. */
  readonly length: number | undefined
  readonly modified: Time | undefined
}

/** Writes the body to a file that was just opened, and closes it. */
const fill = async (
  fileSystem: FileSystem,
  handle: number,
  { body, length }: Pick<Replacing, "body" | "length">,
  offset: number
): Promise<void> => {
  try {
    const written = await writeAll(fileSystem, handle, body, offset)
    if (length !== undefined && written !== length) throw new Problem(400, "the body ended before its length")
    await need(fileSystem.flush(handle))
  } finally {
    fileSystem.release(handle)
  }
}

/** A whole new content: complete, or nothing has changed. Gives the file as it is then. */
export const replace = async (fileSystem: FileSystem, replacing: Replacing): Promise<Attributes> => {
  const { place, length, modified } = replacing
  const { parent, name, node } = place
  if (length !== undefined && length > (await need(fileSystem.space())).free)
    throw new Problem(507, "there is no room for so many bytes")
  if (isNoise(name) && node !== undefined) {
    const { handle } = await need(fileSystem.open(node.ino, { ...writing, truncates: true }))
    await fill(fileSystem, handle, replacing, 0)
    return need(fileSystem.getAttributes(node.ino))
  }
  // A name of its own until it is whole; an empty one is whole at once.
  const isAtOnce = isNoise(name) || (length === 0 && node === undefined)
  const under = isAtOnce ? name : newUnfinishedName()
  const making = { ...writing, isUnfinished: !isAtOnce }
  const created = await need(fileSystem.create(parent.ino, under, node?.mode ?? mode, fileSystem.owner, making))
  const { ino } = created.attributes
  try {
    await fill(fileSystem, created.handle, replacing, 0)
    if (node !== undefined) await copyProperties(fileSystem, node.ino, ino)
    if (modified !== undefined) await need(fileSystem.setAttributes(ino, { modified }))
    if (!isAtOnce) await need(fileSystem.rename(parent.ino, under, parent.ino, name, "replace"))
  } catch (error) {
    await fileSystem.unlink(parent.ino, under)
    throw error
  }
  return need(fileSystem.getAttributes(ino))
}

/** A piece of a file that is there. Bytes that had arrived stay written where the client goes away. */
export const patch = async (
  fileSystem: FileSystem,
  node: Attributes,
  offset: number,
  piece: Pick<Replacing, "body" | "length">
): Promise<Attributes> => {
  const { handle } = await need(fileSystem.open(node.ino, writing))
  await fill(fileSystem, handle, piece, offset)
  return need(fileSystem.getAttributes(node.ino))
}
