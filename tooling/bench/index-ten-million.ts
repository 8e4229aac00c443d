/**
 * `npm run exec node tooling/bench/index-ten-million.ts [-- COUNT]`: what an index of ten million blobs costs,
 * added one by one and found again, in memory and time.
 */
import { randomFillSync } from "node:crypto"
import { BlobIndex } from "@ourclone/backup/repository/BlobIndex"

const count = Number(process.argv[2] ?? 10_000_000)
const blobsPerPack = 1000

/** Ids that can be made again: the same numbers in the same order. */
const makeIds = () => {
  const seed = randomFillSync(new Uint32Array(8))
  const words = new Uint32Array(8)
  const id = new Uint8Array(words.buffer)
  return (number: number): Uint8Array => {
    for (let word = 0; word < 8; word++) words[word] = Math.imul(number + 1, 0x9e3779b1 + 2 * word) ^ seed[word]!
    words[0] = number ^ seed[0]!
    return id
  }
}

const residentMebibytes = () => {
  global.gc?.()
  return process.memoryUsage.rss() / 1024 ** 2
}

const timed = (name: string, work: () => void): void => {
  const start = process.cpuUsage()
  work()
  const { system, user } = process.cpuUsage(start)
  const nanoseconds = ((system + user) * 1000) / count
  console.log(`${name.padEnd(24)} ${nanoseconds.toFixed(0).padStart(5)} ns of CPU each`)
}

const idOf = makeIds()
const before = residentMebibytes()
const index = new BlobIndex()
timed("add", () => {
  let pack = 0
  const packId = Buffer.alloc(32)
  for (let number = 0; number < count; number++) {
    if (number % blobsPerPack === 0) {
      packId.writeUInt32LE(number, 0)
      pack = index.addPack(packId.toString("hex"))
    }
    index.add(0, idOf(number), 0, pack, (number % blobsPerPack) * 16_384, 16_384, 40_000)
  }
})
const added = residentMebibytes()
console.log(
  `${index.size} blobs take ${(added - before).toFixed(0)} MiB, ${(((added - before) * 1024 ** 2) / count).toFixed(1)} bytes each; ${added.toFixed(0)} MiB in all`
)
timed("find, in order", () => {
  for (let number = 0; number < count; number++) if (index.find(0, idOf(number)) !== number) throw new Error("lost")
})
timed("find, at random", () => {
  for (let number = 0; number < count; number++) {
    const other = Math.imul(number, 0x9e3779b1) >>> 0
    if (index.find(0, idOf(other % count)) < 0) throw new Error("lost")
  }
})
timed("find what is not there", () => {
  for (let number = count; number < 2 * count; number++) if (index.find(0, idOf(number)) >= 0) throw new Error("found")
})
timed("by pack", () => {
  if (index.byPack().entries.length !== count) throw new Error("lost")
})
console.log(`peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`)
