/** Files whose size and version are known from a listing or from storing them, so that reading one needs no look before. */
import type { File } from "@ourclone/core/contract/Entry"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"

const most = 20_000

export class KnownFiles {
  readonly #files = new Map<RemotePath, File>()

  /** The one that was told of longest ago makes room. */
  remember(file: File): void {
    this.#files.delete(file.path)
    this.#files.set(file.path, file)
    if (this.#files.size <= most) return
    for (const oldest of this.#files.keys()) {
      this.#files.delete(oldest)
      return
    }
  }

  forget(path: RemotePath): void {
    this.#files.delete(path)
  }

  get(path: RemotePath): File | undefined {
    return this.#files.get(path)
  }
}
