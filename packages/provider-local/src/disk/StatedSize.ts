/** Where the size that a file states need not be true, because its content is made up when it is read. */
import * as fs from "./DiskFs.ts"

/** File systems of the kernel's own, as Linux numbers them: proc, sysfs, debugfs, tracefs, securityfs, cgroup and cgroup2, configfs, bpf. */
const madeUp: ReadonlySet<number> = new Set([
  0x9fa0, 0x62656572, 0x64626720, 0x74726163, 0x73636673, 0x27e0eb, 0x63677270, 0x62656570, 0xcafe4a11
])
/** Programs that are file systems; some learn a size only by reading, and state 0 until then. */
const fuse = 0x65735546

type Kind = "true" | "made up" | "unsure when 0"

const kinds = new Map<number, Kind>()

const kindOf = (absolute: string): Kind => {
  if (process.platform !== "linux") return "true"
  try {
    const { type } = fs.statfsSync(absolute)
    return madeUp.has(type) ? "made up" : type === fuse ? "unsure when 0" : "true"
  } catch {
    return "true"
  }
}

/** Of the file at `absolute`, on the device `dev`, which states `size`. */
export const isUnsure = (absolute: string, dev: number, size: number): boolean => {
  let kind = kinds.get(dev)
  if (kind === undefined) {
    kind = kindOf(absolute)
    kinds.set(dev, kind)
  }
  return kind === "made up" || (kind === "unsure when 0" && size === 0)
}
