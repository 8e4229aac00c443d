/** Streams of a storage as bodies of answers. */
import { byteStream } from "@ourclone/mount/http/ByteStream"
import type { PlaceAsked } from "./ServeRun.ts"

/**
 * The body, made as the client takes it, once its first piece is there: what fails before it is thrown, so that the status
 * can say it. Later only a connection that breaks tells the client that this is not all.
 */
export const bodyOf = async (
  pieces: AsyncIterable<Uint8Array>,
  { broken }: Pick<PlaceAsked, "broken">
): Promise<ReadableStream<Uint8Array>> => {
  const iterator = pieces[Symbol.asyncIterator]()
  const first = await iterator.next()
  const all = async function* () {
    try {
      for (let next = first; next.done !== true; next = await iterator.next()) yield next.value
    } catch (error) {
      broken(error)
    } finally {
      await iterator.return?.()
    }
  }
  return byteStream(all())
}
