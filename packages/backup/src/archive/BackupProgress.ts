/** What is counted while a backup runs, and told of it. */
import type { Deed, InFlight, Phase, Progress } from "@ourclone/core/events/RunEvent"
import type { Tell } from "@ourclone/core/events/Tell"
import { type ArchiveResult, type Failure, type ItemAction, noCounts } from "./ArchiveMessages.ts"

/** Paths that are told as being read. */
const shown = 4

const deeds: { readonly [action in ItemAction]: Deed } = { new: "stored", modified: "updated", unchanged: "same" }
/** A path that was asked for and can not be looked at, and one that was found and can not be read. */
const codes: { readonly [during in Failure["during"]]: string } = { scan: "ScanFailed", archival: "ArchiveFailed" }

export class BackupProgress {
  readonly files = noCounts()
  readonly directories = { new: 0, changed: 0, unmodified: 0 }
  failures = 0
  /** Of large files that are being read. */
  #announced = 0
  #current: ReadonlyArray<InFlight> = []
  #phase: Phase = "listing"
  readonly #tell: Tell

  readonly #item: "Done" | "Would"

  constructor(tell: Tell, isDryRun: boolean) {
    this.#tell = tell
    this.#item = isDryRun ? "Would" : "Done"
    tell.gauge(this.#progress)
  }

  /** A directory, or a large file, that a thread has begun with. */
  begin(path: string): void {
    this.#current = [...this.#current.slice(1 - shown), { item: path, done: 0, size: 0 }]
    this.#phase = "transferring"
    this.#tell.gauge(this.#progress)
  }

  advance(bytes: number): void {
    this.#announced += bytes
    this.#tell.gauge(this.#progress)
  }

  /** All is read: what is left is stored, and then the index and the snapshot. */
  finish(): void {
    this.#current = []
    this.#phase = "finishing"
    this.#tell.gauge(this.#progress)
  }

  fail({ during, message, path }: Failure): void {
    this.failures++
    this.#tell.fact({ _tag: "Failed", failure: { code: codes[during], message, item: path, isRetryable: false } })
  }

  add({ counts, failures, items }: ArchiveResult): void {
    const { files } = this
    files.filesNew += counts.filesNew
    files.filesChanged += counts.filesChanged
    files.filesUnmodified += counts.filesUnmodified
    files.bytes += counts.bytes
    this.#announced -= counts.announcedBytes
    for (const { action, path, size } of items) {
      this.#tell.fact({ _tag: this.#item, deed: deeds[action], item: path, bytes: size })
    }
    for (const failure of failures) this.fail(failure)
    this.#tell.gauge(this.#progress)
  }

  get fileCount(): number {
    return this.files.filesNew + this.files.filesChanged + this.files.filesUnmodified
  }

  #progress = (): Progress => ({
    _tag: "Progress",
    phase: this.#phase,
    files: this.fileCount,
    bytes: this.files.bytes + Math.max(0, this.#announced),
    current: this.#current
  })
}
