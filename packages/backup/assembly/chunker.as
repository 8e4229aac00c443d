/**
 * The inner loop of `src/Chunker.ts`, in AssemblyScript; `build.mjs` compiles it.
 *
 * One step of the rolling fingerprint waits for the step before it. But the
 * fingerprint at a place needs only the 64 bytes before, so four parts of a block
 * are looked at side by side, each rolled in with the 64 bytes before it.
 *
 * Memory: table `reduce`, table `leave`, 64 bytes before the block, the block.
 */

/** For the byte that the fingerprint grows beyond degree 53 by: what brings it back. 256 × u64. */
const reduce: usize = 0
/** For the byte that leaves the window: what takes it out, after the step. 256 × u64. */
const leave: usize = 2048
const windowSize: usize = 64
const before: usize = 4096
const block: usize = before + windowSize
export const blockSize: i32 = 65536
const laneSize: usize = <usize>blockSize / 4
/** A chunk may end where these bits are 0. */
const cutMask: u64 = 0xfffff

export const bytesAt: usize = before

@inline
function push(fingerprint: u64, at: usize): u64 {
  return (fingerprint << 8) ^ <u64>load<u8>(at) ^ load<u64>(<usize>((fingerprint >> 45) << 3), reduce)
}

@inline
function roll(fingerprint: u64, at: usize, lane: usize): u64 {
  return (
    (fingerprint << 8) ^
    <u64>load<u8>(at + lane * laneSize) ^
    load<u64>(<usize>load<u8>(at + lane * laneSize - windowSize) << 3, leave) ^
    load<u64>(<usize>((fingerprint >> 45) << 3), reduce)
  )
}

function fill(end: usize): u64 {
  let fingerprint: u64 = 0
  for (let at = end - windowSize; at < end; at++) fingerprint = push(fingerprint, at)
  return fingerprint
}

/** Looks at one part from `from` on, whose fingerprint so far is `start`; gives the place behind the cut, 0 when there is none. */
function scanOne(start: u64, from: usize, end: usize): usize {
  let fingerprint = start
  for (let at = from; at < end; at++) {
    fingerprint = roll(fingerprint, at, 0)
    if ((fingerprint & cutMask) == 0) return at + 1
  }
  return 0
}

/** As `scan`, but looks at no more than the first `count` bytes, one after the other. */
export function scanPart(count: i32): i32 {
  const found = scanOne(fill(block), block, block + count)
  return found == 0 ? 0 : <i32>(found - block)
}

/** How many bytes of the block lie before its first cut; 0 when there is none. The block is always looked at in full. */
export function scan(): i32 {
  let first = fill(block)
  let second = fill(block + laneSize)
  let third = fill(block + 2 * laneSize)
  let fourth = fill(block + 3 * laneSize)
  let at = block
  const end = block + laneSize
  let found: usize = 0
  while (at < end) {
    first = roll(first, at, 0)
    second = roll(second, at, 1)
    third = roll(third, at, 2)
    fourth = roll(fourth, at, 3)
    at++
    if ((first & cutMask) == 0) return <i32>(at - block)
    if ((second & cutMask) == 0) {
      found = scanOne(first, at, end)
      if (found == 0) found = at + laneSize
      break
    }
    if ((third & cutMask) == 0) {
      found = scanOne(first, at, end)
      if (found == 0) found = scanOne(second, at + laneSize, end + laneSize)
      if (found == 0) found = at + 2 * laneSize
      break
    }
    if ((fourth & cutMask) == 0) {
      found = scanOne(first, at, end)
      if (found == 0) found = scanOne(second, at + laneSize, end + laneSize)
      if (found == 0) found = scanOne(third, at + 2 * laneSize, end + 2 * laneSize)
      if (found == 0) found = at + 3 * laneSize
      break
    }
  }
  return found == 0 ? 0 : <i32>(found - block)
}
