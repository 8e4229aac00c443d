/** Words belong to the face: what a package says names no flag and no command, since its reader may see a page. */
import { type ESTree, Visitor } from "rolldown/utils"
import { lineAt, type ParsedFile } from "./ParsedFile.ts"
import type { Problem } from "./Problem.ts"

interface Text {
  readonly offset: number
  readonly text: string
}

/** Strings and templates; of a template what it holds in `${}` becomes `…`. */
const textsOf = (program: ESTree.Program): ReadonlyArray<Text> => {
  const texts: Array<Text> = []
  new Visitor({
    Literal: (node) => {
      if (typeof node.value === "string") texts.push({ offset: node.start, text: node.value })
    },
    TemplateLiteral: (node) => {
      texts.push({ offset: node.start, text: node.quasis.map(({ value }) => value.cooked ?? value.raw).join("…") })
    }
  }).visit(program)
  return texts
}

/** Whatever stands before it, as long as it is no part of a line of dashes. */
const flag = /(?<![\w-])--[a-z…][\w…-]*/i
const command = /\bourclone["'`]? [a-z…]+|\S ourclone $/

export const checkFaceWords = (file: ParsedFile): ReadonlyArray<Problem> =>
  textsOf(file.program).flatMap(({ offset, text }) =>
    [flag.exec(text), command.exec(text)].flatMap((found) => {
      if (found === null) return []
      const what = `line ${lineAt(file, offset)} says "${found[0].trim()}": flags and commands are the face's words, give a remedy of a code and values`
      return [{ path: file.path, rule: "words", what }]
    })
  )
