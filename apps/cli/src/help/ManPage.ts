/** Manual pages, made of the help of commands: roff with the macros of man(7). */
import type * as HelpDoc from "effect/cli/HelpDoc"
import * as Option from "effect/Option"
import { readable } from "./HelpText.ts"

const nameOf = (command: string): string => (command === "" ? "ourclone" : `ourclone-${command.replaceAll(" ", "-")}`)

/** `ourclone-repo-key-add.1` */
export const fileName = (command: string): string => `${nameOf(command)}.1`

/** Text as it is: no escape of roff, and no line that begins with a request. */
const escaped = (text: string): string =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/[^\n -~]/gu, (other) => `\\[u${other.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`)
    .replace(/^(?=[.'])/gm, "\\&")

const bold = (text: string): string => `\\fB${escaped(text)}\\fR`
const italic = (text: string): string => `\\fI${escaped(text)}\\fR`

const descriptionOf = ({ description }: { readonly description: Option.Option<string> }): string =>
  escaped(Option.getOrElse(description, () => ""))

const item = (what: string, text: string): ReadonlyArray<string> => [".TP", what, text]

const flagItem = (flag: HelpDoc.FlagDoc): ReadonlyArray<string> => {
  const names = [`--${flag.name}`, ...flag.aliases].map(bold).join(", ")
  return item(flag.type === "boolean" ? names : `${names} ${italic(flag.type)}`, descriptionOf(flag))
}

const flagSection = (title: string, flags: ReadonlyArray<HelpDoc.FlagDoc> = []): ReadonlyArray<string> =>
  flags.length === 0 ? [] : [`.SH ${title}`, ...flags.flatMap(flagItem)]

const subcommandSection = (command: string, groups: HelpDoc.HelpDoc["subcommands"] = []): ReadonlyArray<string> =>
  groups.flatMap(({ commands, group }) => [
    `.SH ${group === undefined ? "COMMANDS" : `${group} COMMANDS`}`,
    ...commands.flatMap(({ description, name, shortDescription }) =>
      item(`${bold(nameOf(`${command} ${name}`.trim()))}(1)`, escaped(shortDescription ?? description))
    )
  ])

/** One line of `apropos`. */
const briefly = (text: string): string => escaped(text.split(/[.;:,] /, 1)[0] ?? "")

export const of = (command: string, helpDoc: HelpDoc.HelpDoc, version: string): string => {
  const doc = readable(helpDoc)
  const args = doc.args ?? []
  const above = command.includes(" ") ? command.replace(/ [^ ]+$/, "") : ""
  const lines = [
    `.TH ${nameOf(command).toUpperCase()} 1 "" "ourclone ${version}"`,
    ".SH NAME",
    `${escaped(nameOf(command))} \\- ${briefly(doc.description)}`,
    ".SH SYNOPSIS",
    escaped(doc.usage),
    ".SH DESCRIPTION",
    escaped(doc.description),
    ...(args.length === 0
      ? []
      : [
          ".SH ARGUMENTS",
          ...args.flatMap((one) => item(italic(`${one.name}${one.variadic ? "..." : ""}`), descriptionOf(one)))
        ]),
    ...flagSection("OPTIONS", doc.flags),
    ...flagSection("OPTIONS OF EVERY COMMAND", doc.globalFlags),
    ...subcommandSection(command, doc.subcommands),
    ...((doc.examples?.length ?? 0) === 0
      ? []
      : [".SH EXAMPLES", ...doc.examples!.flatMap((one) => item(bold(one.command), escaped(one.description ?? "")))]),
    ...(command === "" ? [] : [".SH SEE ALSO", `${bold(nameOf(above))}(1)`])
  ]
  return `${lines.join("\n")}\n`
}
