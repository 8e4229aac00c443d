/** A folder as a page: one table, made as the listing comes, and nothing in it that a name could break out of. */
import type { Entry } from "@ourclone/core/contract/Entry"
import { basename, type RemotePath } from "@ourclone/core/contract/RemotePath"
import * as Amount from "@ourclone/core/events/Amount"
import * as FarTime from "@ourclone/core/events/FarTime"
import { printable } from "@ourclone/core/events/PrintableText"
import * as UrlPath from "./UrlPath.ts"

const characters: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

const escaped = (text: string): string => printable(text).replace(/[&<>"']/g, (one) => characters[one] ?? "")

const style =
  ":root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em}" +
  "table{border-collapse:collapse;width:100%}td,th{padding:.15em .8em;text-align:left;vertical-align:top}" +
  "td:first-child{overflow-wrap:anywhere}td+td,th+th{text-align:right;white-space:nowrap}"

const head = (directory: RemotePath): string => {
  const title = escaped(`/${directory}`)
  const up = directory === "" ? "" : '<tr><td><a href="../">..</a></td><td></td><td></td></tr>\n'
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>${style}</style></head>
<body><h1>${title}</h1>
<table><thead><tr><th>Name</th><th>Size</th><th>Changed (UTC)</th></tr></thead><tbody>
${up}`
}

const tail = "</tbody></table></body></html>\n"

const timeOf = (modifiedAt: number | undefined): string =>
  modifiedAt === undefined ? "" : FarTime.iso(modifiedAt).replace("T", " ").slice(0, -".000Z".length)

const row = (entry: Entry): string => {
  const name = basename(entry.path)
  if (entry._tag === "Skipped")
    return `<tr><td>${escaped(name)}</td><td colspan="2">${escaped(entry.because)}</td></tr>\n`
  const isFolder = entry._tag === "Directory"
  const link = `<a href="${escaped(UrlPath.beside(name, isFolder))}">${escaped(name)}${isFolder ? "/" : ""}</a>`
  const [size, time] = isFolder ? ["", ""] : [Amount.bytes(entry.size), timeOf(entry.modifiedAt)]
  return `<tr><td>${link}</td><td>${size}</td><td>${time}</td></tr>\n`
}

/** The page of `directory`, a piece for each array of its entries. */
export async function* folderPage(
  directory: RemotePath,
  entries: AsyncIterable<ReadonlyArray<Entry>>
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let beginning = head(directory)
  for await (const some of entries) {
    yield encoder.encode(beginning + some.map(row).join(""))
    beginning = ""
  }
  yield encoder.encode(beginning + tail)
}

export const pageHeaders = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer"
}
