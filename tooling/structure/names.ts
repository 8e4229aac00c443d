/** What a file may be called, and how long it may be. */
import type { Problem } from "./Problem.ts"
import { isCode, type SourceFile } from "./SourceFile.ts"

const maximumLines = 500
const vagueNames = new Set(["util", "utils", "helper", "helpers", "common", "misc"])

const stem = (part: string): string => part.replace(/\..*$/, "").toLowerCase()

export const checkNames = (file: SourceFile): ReadonlyArray<Problem> => {
  const problems: Array<string> = []
  const parts = file.path.split("/")
  if (isCode(file.path) && stem(parts.at(-1) ?? "") === "index")
    problems.push("no index files: import the module itself")
  const vague = parts.find((part) => vagueNames.has(stem(part)))
  if (vague !== undefined) problems.push(`"${vague}" says nothing: name it after what it holds`)
  const lines = file.text.split("\n").length - (file.text.endsWith("\n") ? 1 : 0)
  if (isCode(file.path) && lines > maximumLines) problems.push(`${lines} lines, more than ${maximumLines}: split it`)
  return problems.map((what) => ({ path: file.path, rule: "names", what }))
}
