/** The little of XML that listings need: elements without attributes that matter, and text. */

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }

export const textOf = (xml: string): string =>
  xml.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    return named[name ?? ""] ?? whole
  })

/** What stands inside the first element of that name, as it is written; `undefined` where there is none. */
export const inside = (xml: string, name: string): string | undefined => {
  const open = new RegExp(`<${name}(?: [^>]*)?(/?)>`).exec(xml)
  if (open === null) return undefined
  if (open[1] === "/") return ""
  const begin = open.index + open[0].length
  const end = xml.indexOf(`</${name}>`, begin)
  return end < 0 ? undefined : xml.slice(begin, end)
}

/** Elements of either name, in their order. */
export const elements = (xml: string, names: ReadonlyArray<string>): ReadonlyArray<{ name: string; content: string }> =>
  [...xml.matchAll(new RegExp(`<(${names.join("|")})>([\\s\\S]*?)</\\1>`, "g"))].map(([, name = "", content = ""]) => ({
    name,
    content
  }))

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
