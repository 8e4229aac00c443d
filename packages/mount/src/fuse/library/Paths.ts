/**
 * The library knows files by their paths alone; here they become nodes.
 *
 * A file that loses its name while it is open is given another by the library, `.fuse_hidden…`, which nobody may see and no
 * storage may get: it is an alias of the node, which lives without a name until it is closed.
 */
import type { Answer, Attributes, FileSystem, Soon } from "../../contract/FileSystem.ts"
import { rootIno } from "../../contract/FileSystem.ts"
import { isRefused } from "../../contract/Refusal.ts"

const hidden = /^\.fuse_hidden[0-9a-f]+$/

const split = (path: string): readonly [folder: ReadonlyArray<string>, name: string] => {
  const names = path.split("/").filter((each) => each !== "")
  return [names.slice(0, -1), names.at(-1) ?? ""]
}

export const isHidden = (path: string): boolean => hidden.test(split(path)[1])

export class Paths {
  readonly #fileSystem: FileSystem
  readonly #aliases = new Map<string, number>()

  constructor(fileSystem: FileSystem) {
    this.#fileSystem = fileSystem
  }

  async node(path: string): Promise<Answer<Attributes>> {
    const alias = this.#aliases.get(path)
    let found = await this.#fileSystem.getAttributes(alias ?? rootIno)
    if (alias !== undefined) return found
    for (const name of path.split("/")) {
      if (name === "") continue
      if (isRefused(found)) return found
      found = await this.#fileSystem.lookup(found.ino, name)
    }
    return found
  }

  /** Asks with the number of the node. */
  async at<A>(path: string, use: (ino: number) => Soon<A>): Promise<Answer<A>> {
    const found = await this.node(path)
    return isRefused(found) ? found : use(found.ino)
  }

  /** Asks with the number of the directory and the name in it. */
  in<A>(path: string, use: (parent: number, name: string) => Soon<A>): Promise<Answer<A>> {
    const [folder, name] = split(path)
    return this.at(`/${folder.join("/")}`, (parent) => use(parent, name))
  }

  /** What the library does in place of taking the name of an open file away. */
  async hide(path: string, alias: string): Promise<Answer<void>> {
    const found = await this.node(path)
    if (isRefused(found)) return found
    this.#aliases.set(alias, found.ino)
    return this.in(path, (parent, name) => this.#fileSystem.unlink(parent, name))
  }

  /** True where the path was an alias, which is forgotten. */
  forget(path: string): boolean {
    return this.#aliases.delete(path)
  }
}
