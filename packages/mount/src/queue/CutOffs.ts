/** By node, the large file of the storage that parts of it were sent to and that is not finished, until it is known to be no more. */
import type { Unfinished } from "@ourclone/core/contract/LargeFile"
import type { Journal } from "../journal/Journal.ts"

export interface CutOffUpload {
  /** Tells what was sent from all else. */
  readonly plan: string
  readonly file: Unfinished
}

export class CutOffs {
  private readonly journal: Journal
  private readonly uploads: Map<number, CutOffUpload>

  constructor(journal: Journal) {
    this.journal = journal
    this.uploads = new Map(
      journal
        .rows("select ino, plan, file from cutOff")
        .map(({ file, ino, plan }) => [
          Number(ino),
          { plan: String(plan), file: JSON.parse(String(file)) as Unfinished }
        ])
    )
  }

  of(ino: number): CutOffUpload | undefined {
    return this.uploads.get(ino)
  }

  nodes(): ReadonlyArray<number> {
    return [...this.uploads.keys()]
  }

  note(ino: number, upload: CutOffUpload): void {
    const { file, plan } = upload
    this.journal.run(
      "insert or replace into cutOff (ino, plan, file) values (?, ?, ?)",
      ino,
      plan,
      JSON.stringify(file)
    )
    this.uploads.set(ino, upload)
  }

  /** There is none any more. */
  over(ino: number): void {
    if (this.uploads.delete(ino)) this.journal.run("delete from cutOff where ino = ?", ino)
  }
}
