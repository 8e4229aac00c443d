/** Nodes to write and read. */
import { createHash } from "node:crypto"
import type { Node, NodeType } from "../../src/format/Node.ts"
import * as GoJson from "../../src/go/GoJson.ts"
import { oddName, type Random } from "./random.ts"

export const idOf = (text: string): string => createHash("sha256").update(text).digest("hex")

/** A file as most are; `fields` says what is different. */
export const make = (name: string | Buffer, fields: Partial<Node> = {}): Node => ({
  name: Buffer.from(name),
  type: "file",
  mode: 0o644,
  mtime: "2024-02-29T12:34:56.789+01:00",
  atime: "2024-02-29T12:34:56.789+01:00",
  ctime: "2024-03-01T00:00:00Z",
  uid: 0,
  gid: 0,
  user: "root",
  group: "root",
  inode: 1_892_422n,
  deviceId: 65_024n,
  size: 0,
  links: 1,
  linkTarget: "",
  extendedAttributes: [],
  device: 0n,
  content: [],
  subtree: undefined,
  error: "",
  ...fields
})

export const directory = (name: string | Buffer, subtree: string, fields: Partial<Node> = {}): Node =>
  make(name, { type: "dir", mode: 2_147_484_141, links: 0, content: null, subtree, ...fields })

const types: ReadonlyArray<NodeType> = ["file", "file", "file", "dir", "dir", "symlink", "chardev", "fifo"]

/** As trees have it: one U+FFFD for each byte that is not UTF-8. */
const textOf = (bytes: Uint8Array): string => GoJson.textOf(bytes).replace(/\p{Surrogate}/gu, "\ufffd")

const oddText = (random: Random): string => textOf(oddName(random))

/** A node in which anything may be unusual. */
export const odd = (random: Random): Node => {
  const type = random.pick(types)
  const rarely = <A>(value: () => A, otherwise: A): A => (random.number(4) === 0 ? value() : otherwise)
  const large = (): bigint => (BigInt(random.number(2 ** 32)) << 32n) | BigInt(random.number(2 ** 32))
  const ids = (count: number) => Array.from({ length: count }, () => random.bytes(32).toString("hex"))
  const target = rarely(() => oddName(random), Buffer.from("../target"))
  const isText = Buffer.from(target.toString()).equals(target)
  return make(
    rarely(() => oddName(random), Buffer.from(`plain-${random.number(1000)}`)),
    {
      type,
      mode: rarely(() => random.number(2 ** 32), 0o644),
      uid: rarely(() => random.number(2 ** 32), 0),
      user: rarely(() => oddText(random), "root"),
      group: rarely(() => "", "root"),
      inode: rarely(large, BigInt(random.number(1_000_000))),
      deviceId: rarely(large, 65_024n),
      size: type === "file" ? random.number(2 ** 32) * rarely(() => 2 ** 20, 1) : 0,
      links: type === "dir" ? 0 : random.number(3),
      linkTarget: type === "symlink" ? textOf(target) : "",
      linkTargetRaw: type === "symlink" && !isText ? target : undefined,
      extendedAttributes: rarely(
        () => [
          { name: "user.one", value: random.bytes(random.number(20)) },
          { name: oddText(random), value: null }
        ],
        []
      ),
      genericAttributes: rarely<string | undefined>(
        () => '{"windows.creation_time":"AAA=","windows.file_attributes":32}',
        undefined
      ),
      device: type === "chardev" ? 259n : 0n,
      content: type === "file" ? ids(random.number(4)) : null,
      subtree: type === "dir" ? ids(1)[0] : undefined,
      error: rarely(() => oddText(random), "")
    }
  )
}
