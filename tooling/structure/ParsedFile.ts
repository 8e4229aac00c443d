import { type ESTree, parseSync } from "rolldown/utils"
import type { Problem } from "./Problem.ts"
import type { SourceFile } from "./SourceFile.ts"

/** A source file with its syntax tree: comments are not in it, and texts, templates and regular expressions are told apart. */
export interface ParsedFile extends SourceFile {
  readonly program: ESTree.Program
}

export const parse = (file: SourceFile): ParsedFile | Problem => {
  const { program, errors } = parseSync(file.path, file.text)
  if (errors.length === 0) return { ...file, program }
  return { path: file.path, rule: "syntax", what: `can not be parsed: ${errors[0]?.message}` }
}

/** Counted from 1. `offset` is that of a node. */
export const lineAt = (file: SourceFile, offset: number): number => file.text.slice(0, offset).split("\n").length
