/**
 * Documents that S3 and its relatives answer with, read from their text.
 *
 * Only what such a document is made of is taken: elements, texts, and what is passed over. Names of objects may have
 * characters that XML can not carry and services write all the same, so a text is what stands there.
 */

/** The text is no such document, or not all of one. */
export class NoDocument extends Error {}

/** Elements in each other. */
const deepest = 16

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }

const character = (digits: string, radix: number): string => {
  const point = Number.parseInt(digits, radix)
  if (point > 0x10ffff) throw new NoDocument("the answer has a character that there is none of")
  return String.fromCodePoint(point)
}

const decoded = (text: string): string =>
  text.includes("&")
    ? text.replace(/&(?:#x([0-9a-f]{1,8})|#(\d{1,8})|([a-z]{1,16}));/gi, (whole, hex, decimal, name) => {
        if (hex !== undefined) return character(hex, 16)
        if (decimal !== undefined) return character(decimal, 10)
        return named[name] ?? whole
      })
    : text

const openTag = /<([^\s/>"'<!?=]+)(?:[^<>"']|"[^"]*"|'[^']*')*>/y

/** Where `end` ends, behind `from`. */
const behind = (xml: string, end: string, from: number): number => {
  const at = xml.indexOf(end, from)
  if (at < 0) throw new NoDocument("the answer is cut off")
  return at + end.length
}

/**
 * Tells of every element when it begins and ends. `path` has the names from the root on, and is the same array each time;
 * `text` is what stands behind the last element inside, or all of it where there is none. Throws `NoDocument`, maybe after
 * much has been told.
 */
export const read = (
  xml: string,
  onBegin: (path: ReadonlyArray<string>) => void,
  onEnd: (path: ReadonlyArray<string>, text: string) => void
): void => {
  const path: Array<string> = []
  let isOver = false
  let text = ""
  let at = xml.charCodeAt(0) === 0xfeff ? 1 : 0
  const end = () => {
    onEnd(path, text)
    path.pop()
    text = ""
    isOver = path.length === 0
  }
  for (;;) {
    const tag = xml.indexOf("<", at)
    const between = xml.slice(at, tag < 0 ? undefined : tag)
    if (path.length > 0) text += decoded(between)
    else if (between.trim() !== "") throw new NoDocument("the answer is no XML")
    if (tag < 0) break
    if (xml.startsWith("</", tag)) {
      at = behind(xml, ">", tag)
      if (xml.slice(tag + 2, at - 1).trimEnd() !== path.at(-1)) throw new NoDocument("the answer is no whole XML")
      end()
    } else if (xml.startsWith("<?", tag)) at = behind(xml, "?>", tag)
    else if (xml.startsWith("<!--", tag)) at = behind(xml, "-->", tag + 4)
    else if (xml.startsWith("<![CDATA[", tag) && path.length > 0) {
      at = behind(xml, "]]>", tag)
      text += xml.slice(tag + 9, at - 3)
    } else {
      openTag.lastIndex = tag
      const name = openTag.exec(xml)?.[1]
      if (name === undefined || isOver) throw new NoDocument("the answer is no XML")
      at = openTag.lastIndex
      if (path.push(name) > deepest) throw new NoDocument("the elements of the answer have no end")
      text = ""
      onBegin(path)
      if (xml[at - 2] === "/") end()
    }
  }
  if (!isOver) throw new NoDocument("the answer is cut off")
}
