/** What `--help` prints. */
import * as CliOutput from "effect/cli/CliOutput"
import type * as HelpDoc from "effect/cli/HelpDoc"

const widest = 78

/** In lines of at most `width`, as far as there are spaces to break at. */
export const wrapped = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** A switch takes a value in the parser alone, so help does not speak of it. */
const withoutSwitchValues = (flags: ReadonlyArray<HelpDoc.FlagDoc>): Array<HelpDoc.FlagDoc> =>
  flags.map((flag) => (flag.type === "[=boolean]" ? { ...flag, type: "boolean" } : flag))

export const readable = (doc: HelpDoc.HelpDoc): HelpDoc.HelpDoc => ({
  ...doc,
  flags: withoutSwitchValues(doc.flags),
  ...(doc.globalFlags === undefined ? {} : { globalFlags: withoutSwitchValues(doc.globalFlags) })
})

export const of = (doc: HelpDoc.HelpDoc, options: { readonly colors: boolean }): string =>
  CliOutput.defaultFormatter(options).formatHelpDoc({
    ...readable(doc),
    // The formatter indents the first line alone.
    description: wrapped(doc.description, widest).join("\n  ")
  })
