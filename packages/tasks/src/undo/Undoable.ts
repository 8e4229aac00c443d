/** Which tasks can be taken back: by their kind, and by what their storage keeps. */
import type { Task } from "../task/Task.ts"

const kinds: ReadonlySet<string> = new Set(["copy", "sync", "move", "remove"])

/** Whether a task of that kind can be taken back where its storage keeps versions. */
export const isOfKind = (kind: string): boolean => kinds.has(kind)

/** Why it can not be, for people; nothing where it can, or where that is only known once its storage is asked. */
export const whyNot = ({ kind, totals: { kept } }: Pick<Task, "kind" | "totals">): string | undefined => {
  if (!isOfKind(kind)) return "Only a copy, a sync, a move or a removal can be taken back"
  const keeps = kind === "remove" ? kept?.removed : kept?.replaced
  return keeps === false ? "Its storage kept no old versions, so it can not be taken back" : undefined
}
