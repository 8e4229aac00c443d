/** A body whose sender has stopped sending is broken off: it would hold a connection, and what was begun with it, for ever. */

export class SenderStopped extends Error {}

/** The pieces as they come. Throws `SenderStopped` when none comes for `millis`. */
export async function* patiently<Piece>(body: AsyncIterable<Piece>, millis: number): AsyncGenerator<Piece> {
  const iterator = body[Symbol.asyncIterator]()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = () =>
    new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new SenderStopped("nothing more was sent")), millis)
    })
  try {
    for (;;) {
      const { done, value } = await Promise.race([iterator.next(), late()])
      clearTimeout(timer)
      if (done === true) return
      yield value
    }
  } finally {
    clearTimeout(timer)
    void iterator.return?.()
  }
}
