/** A request of the same kind for some of its files alone. */
import type * as Schema from "effect/Schema"
import { filterFields } from "../place/FilterFields.ts"

const kinds: ReadonlySet<string> = new Set(["copy", "move", "sync", "check"])
const chosenBy: ReadonlySet<string> = new Set(Object.keys(filterFields))

/** Between slashes, which do not count, a path may begin like a comment and end with blanks. */
const lineOf = (path: string): string => `/${path}/`

/** Whether a line of a list of files can name it. */
export const isNameable = (path: string): boolean => path !== "" && !path.includes("\n")

/** Nothing where that kind does not choose among files. What chose among them before does no more. */
export const request = (
  kind: string,
  whole: Schema.Json,
  paths: ReadonlyArray<string>
): { readonly [field: string]: Schema.Json } | undefined => {
  if (!kinds.has(kind) || typeof whole !== "object" || whole === null || Array.isArray(whole)) return undefined
  const rest = Object.entries(whole).filter(([field]) => !chosenBy.has(field))
  return { ...Object.fromEntries(rest), filesFrom: [paths.map(lineOf).join("\n")] }
}
