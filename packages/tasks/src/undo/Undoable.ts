/** Which kinds of task can be taken back, as far as their storage keeps versions. */
export const undoable: ReadonlySet<string> = new Set(["copy", "sync", "move", "remove"])
