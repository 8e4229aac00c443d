/** Folders of this machine that callers may use, and what may be used of them. A disk that hangs holds up who asks of it alone. */
import * as fs from "node:fs/promises"
import * as path from "node:path"
import type { Verdict } from "../side/SideWire.ts"

export interface RootsOptions {
  /** Absolute. */
  readonly roots: ReadonlyArray<string>
  /** Absolute files and folders that are never used, wherever they are: the service's own. */
  readonly closed: ReadonlyArray<string>
}

const isLink = async (name: string): Promise<boolean> => {
  try {
    return (await fs.lstat(name)).isSymbolicLink()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false
    throw error
  }
}

/** Where `name` leads, links resolved, whether it exists or not. Fails with what the system says. */
const resolved = async (name: string): Promise<string> => {
  try {
    return await fs.realpath(name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
    const above = path.dirname(name)
    if (above === name) throw error
    // A link that leads nowhere yet could lead anywhere once it is written through.
    if (await isLink(name)) throw error
    return path.join(await resolved(above), path.basename(name))
  }
}

const isWithin = (name: string, folder: string): boolean =>
  name === folder || name.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)

const refuse = (because: string): Verdict => ({ _tag: "Refused", because })

export class AllowedRoots {
  readonly roots: ReadonlyArray<string>
  readonly #real: ReadonlyArray<string>
  readonly #closed: ReadonlyArray<string>

  private constructor(roots: ReadonlyArray<string>, real: ReadonlyArray<string>, closed: ReadonlyArray<string>) {
    this.roots = roots
    this.#real = real
    this.#closed = closed
  }

  static async make({ closed, roots }: RootsOptions): Promise<AllowedRoots> {
    const real = (names: ReadonlyArray<string>) =>
      Promise.all(names.map((name) => resolved(path.resolve(name)).catch(() => path.resolve(name))))
    return new AllowedRoots(roots, await real(roots), await real(closed))
  }

  /** Whether `name` may be used, which need not exist. */
  async judge(name: string): Promise<Verdict> {
    if (!path.isAbsolute(name)) return refuse("it is not an absolute path")
    if (name.includes("\0")) return refuse("it holds a NUL character")
    if (name.split(/[/\\]/).includes("..")) return refuse('it has a ".." segment')
    let real: string
    try {
      real = await resolved(path.resolve(name))
    } catch {
      return refuse("it can not be looked at")
    }
    return this.judgeReal(real)
  }

  /** The same of an absolute path without links, at which nothing is looked. */
  judgeReal(real: string): Verdict {
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
