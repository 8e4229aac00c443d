/** One small wrong change of a source file. */
import { lineAt } from "../structure/ParsedFile.ts"
import type { SourceFile } from "../structure/SourceFile.ts"

export type Kind = "constant" | "condition" | "early return" | "guard" | "operator" | "statement" | "step"

export interface Mutant {
  readonly file: SourceFile
  readonly kind: Kind
  /** Offsets in the text of what is replaced; equal where something is put in. */
  readonly start: number
  readonly end: number
  readonly replacement: string
}

export const textWith = ({ end, file, replacement, start }: Mutant): string =>
  file.text.slice(0, start) + replacement + file.text.slice(end)

/** Characters of a line that are shown before a change, and after it. */
const around = 60

/** `path:line: kind: before → after`, with what stands around it on the same line. */
export const describe = (mutant: Mutant): string => {
  const { end, file, kind, replacement, start } = mutant
  const from = Math.max(file.text.lastIndexOf("\n", start - 1) + 1, start - around)
  const lineEnd = file.text.indexOf("\n", end)
  const to = Math.min(lineEnd < 0 ? file.text.length : lineEnd, end + around)
  const oneLine = (text: string): string =>
    (file.text.slice(from, start) + text + file.text.slice(end, to)).trim().replace(/\s+/g, " ")
  const changed = file.text.slice(start, end)
  return `${file.path}:${lineAt(file, start)}: ${kind}: ${oneLine(changed)} → ${oneLine(replacement)}`
}
