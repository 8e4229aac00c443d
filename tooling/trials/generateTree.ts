/** A folder with every kind of node and name that a backup may meet, the same for the same seed. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Posix from "@ourclone/system/Posix"
import { seededRandom } from "./seededRandom.ts"

/** Names as bytes: what quoting, sorting and decoding trip over. */
const oddNames: ReadonlyArray<string | Buffer> = [
  " leading and trailing ",
  "quote'\"back\\slash",
  "new\nline, tab\t, bell\u0007, escape\u001b",
  "html <&> line\u2028separator",
  "é composed",
  "e\u0301 decomposed",
  "～ full width tilde",
  "😀 beyond the first plane",
  "no\u00a0break, soft\u00adhyphen, \u200djoiner, \ufeffmark",
  "private \ue000 use",
  "-rf",
  "*?[a-z]{x,y}",
  "x".repeat(255),
  Buffer.from([0x6c, 0x61, 0x74, 0x69, 0x6e, 0xe9]),
  Buffer.from([0xff, 0xfe, 0x41]),
  Buffer.from([0xe2, 0x82]),
  Buffer.from([0xed, 0xa0, 0x80])
]

const nanosecondsPerSecond = 1_000_000_000n

export interface GenerateOptions {
  readonly seed: number
  /** Small files beside the odd ones. */
  readonly files: number
  /** Without symbolic links to names that are not Unicode, which restic keeps since 0.16 only. */
  readonly hasUnicodeLinksOnly?: boolean
}

/** Device nodes and other owners only as root. */
export const generateTree = (folder: string, options: GenerateOptions): void => {
  const { files, hasUnicodeLinksOnly = false, seed } = options
  const random = seededRandom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const isRoot = process.getuid?.() === 0
  const noise = (size: number): Buffer => {
    const bytes = Buffer.alloc(size)
    for (let index = 0; index < size; index++) bytes[index] = below(256)
    return bytes
  }
  const text = (size: number): Buffer => Buffer.alloc(size, `line ${below(1000)} of some text\n`)
  const at = (...names: ReadonlyArray<string | Buffer>): Buffer =>
    Buffer.concat([Buffer.from(folder), ...names.flatMap((name) => [Buffer.from("/"), Buffer.from(name)])])
  const time = (): bigint => BigInt(below(2_000_000_000)) * nanosecondsPerSecond + BigInt(below(1_000_000_000))

  fs.mkdirSync(folder, { recursive: true })
  for (let index = 0; index < files; index++) {
    const inside = `many/${below(9)}/${below(4)}`
    fs.mkdirSync(path.join(folder, inside), { recursive: true })
    const size = below(4) === 0 ? below(60_000) : below(3_000)
    const name = at(inside, `file-${index}`)
    fs.writeFileSync(name, below(2) === 0 ? noise(size) : text(size), { mode: [0o644, 0o600, 0o755, 0o444][below(4)]! })
    Posix.setTimes(name, time(), time())
  }

  fs.mkdirSync(path.join(folder, "names"))
  for (const name of oddNames) {
    fs.writeFileSync(at("names", name), name)
    if (hasUnicodeLinksOnly && typeof name !== "string") continue
    fs.symlinkSync(name, at("names", Buffer.concat([Buffer.from("to-"), Buffer.from(name).subarray(0, 200)])))
  }
  fs.mkdirSync(at("names", Buffer.from([0x64, 0xe9])))
  fs.writeFileSync(at("names", Buffer.from([0x64, 0xe9]), "inside"), "below a name that is not Unicode")

  fs.mkdirSync(path.join(folder, "large"))
  fs.writeFileSync(path.join(folder, "large/noise"), noise(5_000_000))
  fs.writeFileSync(path.join(folder, "large/text"), text(3_000_000))
  fs.writeFileSync(path.join(folder, "large/minimum"), noise(524_288))
  const sparse = fs.openSync(path.join(folder, "large/sparse"), "w")
  fs.writeSync(sparse, "end", 4_000_000)
  fs.closeSync(sparse)

  fs.mkdirSync(path.join(folder, "kinds/empty/deeper"), { recursive: true })
  fs.writeFileSync(path.join(folder, "kinds/nothing"), "")
  fs.writeFileSync(path.join(folder, "kinds/first-name"), "one file, two names")
  fs.linkSync(path.join(folder, "kinds/first-name"), path.join(folder, "kinds/second-name"))
  fs.linkSync(path.join(folder, "kinds/first-name"), path.join(folder, "names/third-name"))
  fs.symlinkSync("/nowhere/at/all", path.join(folder, "kinds/dangling"))
  if (!hasUnicodeLinksOnly) fs.symlinkSync(Buffer.from([0x2e, 0x2e, 0x2f, 0xe9]), at("kinds/dangling-bytes"))
  Posix.setTimes(at("kinds/dangling"), time(), time())
  Posix.makePipe(at("kinds/pipe"), 0o640)
  for (const [name, mode] of [
    ["nobody", 0],
    ["setuid", 0o4755],
    ["setgid", 0o2755]
  ] as const) {
    fs.writeFileSync(path.join(folder, "kinds", name), name)
    fs.chmodSync(path.join(folder, "kinds", name), mode)
  }
  // Without root a file that nobody may read can not be backed up.
  if (!isRoot) fs.chmodSync(path.join(folder, "kinds/nobody"), 0o400)
  fs.mkdirSync(path.join(folder, "kinds/sticky"))
  fs.chmodSync(path.join(folder, "kinds/sticky"), 0o1777)
  for (const [name, nanoseconds] of [
    ["before-1970", -1_500_000_000n],
    ["after-2038", 4_102_444_800_123_456_789n],
    ["one-nanosecond", 1n]
  ] as const) {
    fs.writeFileSync(path.join(folder, "kinds", name), name)
    Posix.setTimes(at("kinds", name), nanoseconds, nanoseconds)
  }
  attributes(at("kinds/first-name"))
  attributes(at("kinds/empty"))
  if (isRoot) {
    Posix.makeNode(at("kinds/null"), 0o020666, 259n)
    Posix.makeNode(at("kinds/block"), 0o060640, 1_050_412n)
    fs.writeFileSync(path.join(folder, "kinds/owned"), "by nobody who is known")
    fs.chownSync(path.join(folder, "kinds/owned"), 12_345, 54_321)
  }
  Posix.setTimes(at("names"), time(), time())
}

/** Not every file system keeps them. */
const attributes = (file: Buffer): void => {
  try {
    Posix.setAttribute(file, Buffer.from("user.zulu"), Buffer.from("last"))
    Posix.setAttribute(file, Buffer.from("user.empty"), Buffer.alloc(0))
    Posix.setAttribute(file, Buffer.from("user.bytes"), Buffer.from([0, 255, 16]))
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "ENOTSUP") throw error
  }
}
