/** A Node stream as the body of an answer: read when asked, and ended when its reader goes away. */
import type { Readable } from "node:stream"

/** Half the CPU of `Readable.toWeb`. */
export const webStream = (source: Readable): ReadableStream<Uint8Array> => {
  const iterator = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await iterator.next()
        if (done === true) controller.close()
        else controller.enqueue(value)
      },
      cancel: () => void source.destroy()
    },
    { highWaterMark: 0 }
  )
}
