/** What of pjdfstest a mount does not do, and why. */
export interface Excused {
  readonly file: string
  readonly numbers: ReadonlyArray<number>
  readonly why: string
}

export const excused: ReadonlyArray<Excused> = []
