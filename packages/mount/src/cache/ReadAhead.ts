/**
 * How far to read ahead of a handle, of nothing but the reads it made.
 *
 * Sequential reading opens a window that doubles; a jump shuts it. What lies a little ahead of or behind the last read
 * counts as sequential, as the kernel asks for several pieces at once and not always in order.
 */
const kibibyte = 1024
export const mebibyte = 1024 * kibibyte

/** In bytes, of one request. */
export const smallestFetch = 256 * kibibyte
const largestFetch = 8 * mebibyte
export const largestWindow = 32 * mebibyte

const forward = 4 * mebibyte
const backward = mebibyte

export interface ReadAhead {
  /** Where the next read would begin. */
  readonly next: number
  /** How much beyond a read is wanted, in bytes; 0 while reading is random. */
  readonly window: number
}

export const start: ReadAhead = { next: 0, window: 0 }

/** After a read of `[offset, offset + length)`. */
export const after = (state: ReadAhead, offset: number, length: number): ReadAhead => {
  const isNear = offset <= state.next + forward && offset + backward >= state.next
  const next = isNear ? Math.max(state.next, offset + length) : offset + length
  if (!isNear) return { next, window: 0 }
  if (next === state.next) return state
  const window = state.window === 0 ? mebibyte : Math.min(largestWindow, state.window * 2)
  // The window grows with each MiB that was read, not with each small read.
  return Math.floor(next / mebibyte) === Math.floor(state.next / mebibyte) && state.window > 0
    ? { next, window: state.window }
    : { next, window }
}

/** The pieces in which `[start, end)` is fetched: at once, each of them long enough to be worth a request. */
export const pieces = (from: number, to: number): ReadonlyArray<readonly [number, number]> => {
  const count = Math.ceil((to - from) / largestFetch)
  return Array.from({ length: count }, (_, index) => [
    from + index * largestFetch,
    Math.min(to, from + (index + 1) * largestFetch)
  ])
}
