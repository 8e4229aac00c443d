/**
 * Tells the kernel what changed elsewhere, so that it can be given long lifetimes.
 *
 * Such a message waits in the kernel for whoever uses the directory, and that may be a program whose request is waiting
 * for this very thread: so it is written by another one, and one at a time. Changes that come meanwhile are kept once each.
 */
import * as fs from "node:fs"
import type { FileSystem, Told } from "../contract/FileSystem.ts"
import * as Notification from "./protocol/Notification.ts"

const keyOf = (told: Told): string =>
  told._tag === "EntryChanged" ? `${told._tag} ${told.parent} ${told.name}` : `${told._tag} ${told.ino}`

export class Announcer {
  readonly #device: number
  readonly #expireOnly: boolean
  readonly #due = new Map<string, Told>()
  readonly #unwatch: () => void
  #isWriting = false
  #isStopped = false

  constructor(device: number, fileSystem: FileSystem, expireOnly: boolean) {
    this.#device = device
    this.#expireOnly = expireOnly
    this.#unwatch = fileSystem.watch((changes) => {
      for (const change of changes) this.#due.set(keyOf(change), change)
      this.#next()
    })
  }

  stop(): void {
    this.#isStopped = true
    this.#due.clear()
    this.#unwatch()
  }

  #bytesOf(told: Told): Buffer {
    switch (told._tag) {
      case "EntryChanged":
        return Notification.entryChanged(told.parent, told.name, this.#expireOnly)
      case "ContentChanged":
        return Notification.inodeChanged(told.ino, "content")
      case "AttributesChanged":
        return Notification.inodeChanged(told.ino, "attributes")
    }
  }

  #next(): void {
    const first = this.#due.entries().next().value
    if (this.#isWriting || this.#isStopped || first === undefined) return
    this.#due.delete(first[0])
    this.#isWriting = true
    // Any failure means that the kernel knows nothing of it, or is gone: both are right.
    fs.write(this.#device, this.#bytesOf(first[1]), () => {
      this.#isWriting = false
      this.#next()
    })
  }
}
