/**
 * Does to one file what programs do, at random, and holds it against a copy in memory:
 * `node exerciseFile.ts FILE SEED STEPS`. The last steps are printed where it differs; the same seed does the same again.
 */
import * as fs from "node:fs"
import { createRequire } from "node:module"

const [file, seedText, stepsText] = process.argv.slice(2)
const longest = 256 * 1024
const page = 4096

/** Mulberry32. */
let state = Number(seedText)
const random = (below: number): number => {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below
}

type Call = (...values: ReadonlyArray<unknown>) => number
const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi")
const library = koffi.load(null)
const mmap = library.func("void *mmap(void *, size_t, int, int, int, int64_t)") as unknown as (
  ...values: ReadonlyArray<unknown>
) => bigint
const munmap = library.func("int munmap(void *, size_t)") as Call
const msync = library.func("int msync(void *, size_t, int)") as Call
const memcpy = library.func("void *memcpy(void *, const void *, size_t)") as Call
const fallocate = library.func("int fallocate(int, int, int64_t, int64_t)") as Call
const copyRange = library.func(
  "int64_t copy_file_range(int, _Inout_ int64_t *, int, _Inout_ int64_t *, size_t, unsigned int)"
) as Call

let descriptor = fs.openSync(file!, "w+")
let model = Buffer.alloc(0)
const log: Array<string> = []

class Differs extends Error {}
const same = (found: Uint8Array, at: number, what: string) => {
  const expected = model.subarray(at, at + found.length)
  if (Buffer.compare(found, expected) === 0) return
  const first = found.findIndex((byte, index) => byte !== expected[index])
  throw new Differs(`${what}: byte ${at + first} is ${found[first]} and should be ${expected[first]}`)
}
const grow = (size: number) => {
  if (size > model.length) model = Buffer.concat([model, Buffer.alloc(size - model.length)])
}
const noise = (length: number) => Buffer.from(Array.from({ length }, () => random(256)))
const called = (result: number, call: string) => {
  if (result < 0) throw new Differs(`${call} failed with errno ${koffi.errno()}`)
}

/** A piece that lies in the file. */
const inside = (): readonly [at: number, length: number] => {
  const at = random(model.length)
  return [at, 1 + random(Math.min(model.length - at, 40_000))]
}
const mapped = <A>(at: number, length: number, use: (address: bigint) => A): A => {
  const from = at - (at % page)
  const size = at - from + length
  const [readWrite, shared] = [3, 1]
  const map = BigInt(mmap(null, size, readWrite, shared, descriptor, from))
  if (map === 0xffff_ffff_ffff_ffffn || map === -1n) throw new Differs(`mmap failed with errno ${koffi.errno()}`)
  try {
    return use(map + BigInt(at - from))
  } finally {
    if (random(2) === 0) called(msync(map, size, 4), "msync")
    called(munmap(map, size), "munmap")
  }
}

const operations: Readonly<Record<string, () => void>> = {
  write: () => {
    const at = random(longest - 40_000)
    const bytes = noise(1 + random(random(8) === 0 ? 40_000 : 3000))
    log.push(`write ${at} ${bytes.length}`)
    fs.writeSync(descriptor, bytes, 0, bytes.length, at)
    grow(at + bytes.length)
    bytes.copy(model, at)
  },
  append: () => {
    const bytes = noise(1 + random(2000))
    if (model.length + bytes.length > longest) return
    log.push(`append ${bytes.length}`)
    fs.appendFileSync(file!, bytes)
    model = Buffer.concat([model, bytes])
  },
  read: () => {
    if (model.length === 0) return
    const [at, length] = inside()
    const into = Buffer.alloc(length)
    log.push(`read ${at} ${length}`)
    fs.readSync(descriptor, into, 0, length, at)
    same(into, at, "read")
  },
  truncate: () => {
    const size = random(3) === 0 ? random(longest) : random(model.length + 1)
    log.push(`truncate ${size}`)
    fs.ftruncateSync(descriptor, size)
    grow(size)
    model = Buffer.from(model.subarray(0, size))
  },
  mapRead: () => {
    if (model.length === 0) return
    const [at, length] = inside()
    const into = Buffer.alloc(length)
    log.push(`mapRead ${at} ${length}`)
    mapped(at, length, (address) => memcpy(into, address, length))
    same(into, at, "mapRead")
  },
  mapWrite: () => {
    if (model.length === 0) return
    const [at, length] = inside()
    const bytes = noise(length)
    log.push(`mapWrite ${at} ${length}`)
    mapped(at, length, (address) => memcpy(address, bytes, length))
    bytes.copy(model, at)
  },
  punchHole: () => {
    if (model.length === 0) return
    const [at, length] = inside()
    log.push(`punchHole ${at} ${length}`)
    called(fallocate(descriptor, 3, at, length), "fallocate")
    model.fill(0, at, at + length)
  },
  extend: () => {
    const [at, length] = [random(longest / 2), 1 + random(5000)]
    log.push(`extend ${at} ${length}`)
    called(fallocate(descriptor, 0, at, length), "fallocate")
    grow(at + length)
  },
  copyRange: () => {
    if (model.length === 0) return
    const [from, length] = inside()
    const to = random(longest - length)
    if (Math.abs(to - from) < length) return
    log.push(`copyRange ${from} ${length} ${to}`)
    const piece = Buffer.from(model.subarray(from, from + length))
    const offsets = [[BigInt(from)], [BigInt(to)]]
    const copied = copyRange(descriptor, offsets[0], descriptor, offsets[1], length, 0)
    called(copied, "copy_file_range")
    if (copied !== length) throw new Differs(`copy_file_range gave ${copied}`)
    grow(to + length)
    piece.copy(model, to)
  },
  reopen: () => {
    log.push("reopen")
    if (random(2) === 0) fs.fsyncSync(descriptor)
    fs.closeSync(descriptor)
    if (random(2) === 0) {
      fs.renameSync(file!, `${file}.other`)
      fs.renameSync(`${file}.other`, file!)
    }
    if (fs.statSync(file!).size !== model.length) throw new Differs(`the size is ${fs.statSync(file!).size}`)
    descriptor = fs.openSync(file!, "r+")
  }
}

const names = ["write", "write", "write", "append", "read", "read", "truncate", "mapRead", "mapWrite", "punchHole"]
const rare = ["extend", "copyRange", "reopen"]

try {
  for (let step = 0; step < Number(stepsText); step++) {
    const chosen = random(6) === 0 ? rare[random(rare.length)] : names[random(names.length)]
    operations[chosen!]!()
    const { size } = fs.fstatSync(descriptor)
    if (size !== model.length) throw new Differs(`the size is ${size} and should be ${model.length}`)
  }
  same(fs.readFileSync(file!), 0, "whole")
  if (fs.statSync(file!).size !== model.length) throw new Differs("the size at the end")
  console.log(`the same after ${stepsText} steps`)
} catch (error) {
  console.log(`seed ${seedText}, step ${log.length}: ${error instanceof Error ? error.message : String(error)}`)
  console.log(log.slice(-15).join("\n"))
  process.exitCode = 1
}
