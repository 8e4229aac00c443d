/** A word that could stand where the cursor is. */
export interface Candidate {
  readonly text: string
  readonly description?: string | undefined
  /** There is more to come, so no space follows: a folder, a remote. */
  readonly isOpen?: boolean
}
