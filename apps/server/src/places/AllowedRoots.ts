/** Folders of this machine that callers may use, and what may be used of them. */
import * as fs from "node:fs"
import * as path from "node:path"
import type { Verdict } from "../side/SideWire.ts"

export interface RootsOptions {
  /** Absolute. */
  readonly roots: ReadonlyArray<string>
  /** Absolute files and folders that are never used, wherever they are: the service's own. */
  readonly closed: ReadonlyArray<string>
}

/** Where `name` leads, links resolved, whether it exists or not. Throws what the system says. */
const resolved = (name: string): string => {
  try {
    return fs.realpathSync.native(name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
    const above = path.dirname(name)
    if (above === name) throw error
    // A link that leads nowhere yet could lead anywhere once it is written through.
    if (fs.lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink() === true) throw error
    return path.join(resolved(above), path.basename(name))
  }
}

const isWithin = (name: string, folder: string): boolean =>
  name === folder || name.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)

export class AllowedRoots {
  readonly roots: ReadonlyArray<string>
  readonly #real: ReadonlyArray<string>
  readonly #closed: ReadonlyArray<string>

  constructor({ closed, roots }: RootsOptions) {
    const real = (name: string): string => {
      try {
        return resolved(path.resolve(name))
      } catch {
        return path.resolve(name)
      }
    }
    this.roots = roots
    this.#real = roots.map(real)
    this.#closed = closed.map(real)
  }

  /** Whether `name` may be used, which need not exist. */
  judge(name: string): Verdict {
    const refuse = (because: string): Verdict => ({ _tag: "Refused", because })
    if (!path.isAbsolute(name)) return refuse("it is not an absolute path")
    if (name.includes("\0")) return refuse("it holds a NUL character")
    if (name.split(/[/\\]/).includes("..")) return refuse('it has a ".." segment')
    let real: string
    try {
      real = resolved(path.resolve(name))
    } catch {
      return refuse("it can not be looked at")
    }
    if (!this.#real.some((root) => isWithin(real, root))) {
      return refuse(
        this.roots.length === 0
          ? "no folder of this machine is allowed; the service allows those that it is started with by --root"
          : `it is not in an allowed folder (${this.roots.join(", ")}); --root allows more`
      )
    }
    // What is written beside a file before it takes its place is as much of it.
    if (this.#closed.some((closed) => isWithin(real, closed) || real.startsWith(`${closed}.`)))
      return refuse("it belongs to the service itself")
    return { _tag: "Allowed", path: real }
  }
}
