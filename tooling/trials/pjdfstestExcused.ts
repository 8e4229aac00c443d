/** What of pjdfstest a mount does not do, and why. */
export interface Excused {
  readonly file: string
  readonly numbers: ReadonlyArray<number>
  readonly why: string
}

const why = "the time of the last reading is not kept: it is shown as that of the last change"

export const excused: ReadonlyArray<Excused> = [
  { file: "utimensat/00.t", numbers: [4, 9], why },
  { file: "utimensat/02.t", numbers: [4, 7], why },
  { file: "utimensat/04.t", numbers: [4, 7], why },
  { file: "utimensat/05.t", numbers: [5, 7, 10], why },
  { file: "utimensat/08.t", numbers: [5], why },
  // It ends where it does not find the time of a reading that it set.
  { file: "utimensat/09.t", numbers: [2], why }
]
