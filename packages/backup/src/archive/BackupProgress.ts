/** What is counted while a backup runs. */
import { type ArchiveResult, type Failure, noCounts } from "./ArchiveMessages.ts"
import type { BackupEvent } from "./BackupEvent.ts"

export class BackupProgress {
  readonly files = noCounts()
  readonly directories = { new: 0, changed: 0, unmodified: 0 }
  failures = 0
  /** Of large files that are being read. */
  #announced = 0
  readonly #report: (event: BackupEvent) => void

  constructor(report: (event: BackupEvent) => void) {
    this.#report = report
  }

  advance(bytes: number): void {
    this.#announced += bytes
    this.#tell()
  }

  fail(failure: Failure): void {
    this.failures++
    this.#report({ _tag: "Failed", failure })
  }

  add({ counts, failures, items }: ArchiveResult): void {
    const { files } = this
    files.filesNew += counts.filesNew
    files.filesChanged += counts.filesChanged
    files.filesUnmodified += counts.filesUnmodified
    files.bytes += counts.bytes
    this.#announced -= counts.announcedBytes
    for (const item of items) this.#report({ _tag: "Archived", item })
    for (const failure of failures) this.fail(failure)
    this.#tell()
  }

  get fileCount(): number {
    return this.files.filesNew + this.files.filesChanged + this.files.filesUnmodified
  }

  #tell(): void {
    const bytes = this.files.bytes + Math.max(0, this.#announced)
    this.#report({ _tag: "Advanced", files: this.fileCount, bytes })
  }
}
