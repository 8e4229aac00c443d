/** What differs between two folders, to the last attribute: what a restore must bring back. */
import { hash } from "node:crypto"
import * as fs from "node:fs"
import * as Posix from "@ourclone/system/Posix"

const slash = Buffer.from("/")

const kindOf = (stat: fs.BigIntStats): string => (stat.mode & 0o170000n).toString(8)

/** Everything about one path but its name and its change time. */
const describe = (file: Buffer, links: Map<string, string>, inner: string): string => {
  const stat = fs.lstatSync(file, { bigint: true })
  const facts: Array<unknown> = [kindOf(stat), (stat.mode & 0o7777n).toString(8), stat.uid, stat.gid, stat.mtimeNs]
  if (stat.isFile()) {
    facts.push(stat.size, hash("sha256", fs.readFileSync(file)))
    if (stat.nlink > 1n) {
      const key = `${stat.dev}:${stat.ino}`
      if (!links.has(key)) links.set(key, inner)
      facts.push(`same file as ${links.get(key)}`)
    }
  }
  if (stat.isSymbolicLink()) facts.push(fs.readlinkSync(file, { encoding: "buffer" }).toString("hex"))
  if (stat.isCharacterDevice() || stat.isBlockDevice()) facts.push(stat.rdev)
  for (const name of [...Posix.listAttributes(file)].sort(Buffer.compare)) {
    facts.push(`${name.toString()}=${Posix.getAttribute(file, name).toString("hex")}`)
  }
  return facts.join(" ")
}

const namesIn = (folder: Buffer): ReadonlyArray<Buffer> =>
  fs.readdirSync(folder, { encoding: "buffer" }).sort(Buffer.compare)

/** One line for each path that is on one side only or differs; names that are not Unicode are shown in hex. */
export const exactDifferences = (left: string, right: string): ReadonlyArray<string> => {
  const differences: Array<string> = []
  const links = [new Map<string, string>(), new Map<string, string>()] as const
  const compare = (a: Buffer, b: Buffer, inner: string): void => {
    const one = describe(a, links[0], inner)
    const other = describe(b, links[1], inner)
    if (one !== other) differences.push(`${inner}: ${one} / ${other}`)
    if (!fs.lstatSync(a).isDirectory() || !fs.lstatSync(b).isDirectory()) return
    const theirs = new Map(namesIn(b).map((name) => [name.toString("latin1"), name]))
    for (const name of namesIn(a)) {
      const shown = `${inner}/${name.toString("latin1")}`
      if (!theirs.delete(name.toString("latin1"))) differences.push(`${shown}: missing`)
      else compare(Buffer.concat([a, slash, name]), Buffer.concat([b, slash, name]), shown)
    }
    for (const name of theirs.keys()) differences.push(`${inner}/${name}: not in the source`)
  }
  compare(Buffer.from(left), Buffer.from(right), "")
  return differences
}
