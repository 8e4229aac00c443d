/** Sorts entries of one pack by their offsets, in place: as numbers that hold both, since those need no calls to compare. */
const numberBits = 2 ** 21

export const sortByOffset = (entries: Uint32Array, offsetOf: (entry: number) => number): void => {
  if (entries.length >= numberBits) {
    entries.sort((left, right) => offsetOf(left) - offsetOf(right))
    return
  }
  const keys = new Float64Array(entries.length)
  let isSorted = true
  for (let index = 0; index < entries.length; index++) {
    keys[index] = offsetOf(entries[index]!) * numberBits + index
    if (index > 0 && keys[index]! < keys[index - 1]!) isSorted = false
  }
  if (isSorted) return
  keys.sort()
  const unsorted = entries.slice()
  for (let index = 0; index < entries.length; index++) entries[index] = unsorted[keys[index]! % numberBits]!
}
