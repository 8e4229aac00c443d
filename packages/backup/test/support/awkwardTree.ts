/** A folder with everything in it that a backup has to keep, and a description of such a folder to compare. */
import { hash } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import * as SourceNode from "@ourclone/backup/archive/SourceNode"
import * as Status from "@ourclone/backup/system/Status"
import * as Posix from "@ourclone/system/Posix"
import { bytes } from "./keyStream.ts"
import { isRoot, takesAttributes } from "./machine.ts"

const oddNames = [
  "sp ace",
  "tab\there",
  "new\nline",
  'quo"te',
  "back\\slash",
  "日本",
  "é",
  "e\u0301",
  "\u{1f600}",
  "-dash",
  "\u2028",
  "<&>"
]
const notUtf8 = Buffer.from([0x6e, 0xe9, 0xff, 0x2e, 0x78])

const below = (root: string, name: Buffer): Buffer => Buffer.concat([Buffer.from(`${root}/`), name])

/** Bytes of its largest file. */
export const largeSize = 10_000_000

/** restic before 0.16 keeps less of links to what is not UTF-8. */
export const writeOddLink = (root: string): void => fs.symlinkSync(notUtf8, join(root, "links/not UTF-8"))

export const write = (root: string): void => {
  const at = (...names: ReadonlyArray<string>) => join(root, ...names)
  for (const name of ["empty folder", "deep/a/b/c", "links", "special", "odd", "many"]) {
    fs.mkdirSync(at(name), { recursive: true })
  }
  fs.writeFileSync(at("empty"), "")
  fs.writeFileSync(at("x"), "x")
  fs.writeFileSync(at("deep/a/b/c/leaf"), "leaf\n", { mode: 0o4755 })
  fs.writeFileSync(at("large"), bytes("large", largeSize))
  fs.writeFileSync(at("exactly a chunk"), bytes("chunk", 524_288))
  fs.writeFileSync(at("just less than a chunk"), bytes("less", 524_287))
  fs.writeFileSync(at("sparse"), "")
  fs.truncateSync(at("sparse"), 3_000_000)
  for (let index = 0; index < 700; index++) fs.writeFileSync(at("many", `file ${index}`), `content ${index % 300}\n`)
  for (const name of oddNames) fs.writeFileSync(at("odd", name), name)
  fs.writeFileSync(below(at("odd"), notUtf8), "bytes")
  fs.mkdirSync(below(at("odd"), Buffer.from([0xff])))
  fs.writeFileSync(below(at("odd"), Buffer.from([0xff, 0x2f, 0xfe])), "in a folder that is not UTF-8")
  fs.linkSync(at("x"), at("links/hard"))
  fs.symlinkSync("../nowhere/ünï<&>\u2028", at("links/dangling"))
  fs.symlinkSync("../deep", at("links/folder"))
  Posix.makePipe(Buffer.from(at("special/pipe")), 0o600)
  if (isRoot) {
    Posix.makeNode(Buffer.from(at("special/block")), 0o060640, 1_050_412n)
    Posix.makeNode(Buffer.from(at("special/character")), 0o020644, 259n)
    fs.chownSync(at("x"), 1234, 5678)
  }
  if (takesAttributes) {
    Posix.setAttribute(Buffer.from(at("x")), Buffer.from("user.zulu"), Buffer.from("last"))
    Posix.setAttribute(Buffer.from(at("x")), Buffer.from("user.bin"), Buffer.from([0, 255, 16]))
    Posix.setAttribute(Buffer.from(at("deep")), Buffer.from("user.folder"), Buffer.from(""))
  }
  fs.chmodSync(at("empty"), 0)
  fs.chmodSync(at("many"), 0o1777)
  Posix.setTimes(Buffer.from(at("x")), -1_500_000_000n, -1_500_000_000n)
  Posix.setTimes(Buffer.from(at("links/dangling")), 1n, 1_577_934_245_678_901_234n)
}

const contentOf = (path: Buffer): string => {
  const mode = fs.lstatSync(path).mode & 0o777
  try {
    return hash("sha256", fs.readFileSync(path))
  } catch {
    fs.chmodSync(path, 0o600)
    const content = hash("sha256", fs.readFileSync(path))
    fs.chmodSync(path, mode)
    return content
  }
}

/** Path to everything that a restore gives back; inodes are numbered by who is seen first. */
export const describe = (root: string): Readonly<Record<string, unknown>> => {
  const found: Record<string, unknown> = {}
  const inodes = new Map<bigint, number>()
  const visit = (path: Buffer, name: string): void => {
    const status = Status.of(path)
    const node = SourceNode.make(path, Buffer.from("name"), status, { withAtime: false, onProblem: () => undefined })!
    if (!inodes.has(status.inode)) inodes.set(status.inode, inodes.size)
    const { device, extendedAttributes, gid, linkTarget, linkTargetRaw, mode, mtime, type, uid } = node
    const attributes = extendedAttributes.map((one) => `${one.name}=${Buffer.from(one.value ?? []).toString("hex")}`)
    found[name] = {
      ...{ device, gid, linkTarget, mode, mtime, type, uid },
      raw: linkTargetRaw?.toString("hex"),
      attributes: attributes.sort(),
      inode: type === "file" ? inodes.get(status.inode) : undefined,
      content: type === "file" ? contentOf(path) : undefined
    }
    if (type !== "dir") return
    const names = fs.readdirSync(path, { encoding: "buffer" }).sort(Buffer.compare)
    for (const one of names) visit(Buffer.concat([path, Buffer.from("/"), one]), `${name}/${one.toString("latin1")}`)
  }
  visit(Buffer.from(root), ".")
  return found
}
