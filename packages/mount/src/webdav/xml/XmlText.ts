/** Writing XML. */
import { dav, type Element } from "./Element.ts"

/** What XML 1.0 can not say in any spelling, halves of characters among it. */
const unsayable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

const spelled: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;"
}

/** For text and for values of attributes. What can not be said is shown as U+FFFD. */
export const spell = (text: string): string =>
  text
    .toWellFormed()
    .replace(unsayable, "\ufffd")
    .replace(/[&<>"\r]/g, (character) => spelled[character]!)

const xmlNamespace = "http://www.w3.org/XML/1998/namespace"

/** Each element declares its own namespace, so that a piece means the same wherever it is put. `D` is always `DAV:`. */
export const write = (element: Element): string => {
  const { namespace, name, children } = element
  const [open, declared] =
    namespace === dav
      ? [`D:${name}`, ""]
      : namespace === ""
        ? [name, ' xmlns=""']
        : [`N:${name}`, ` xmlns:N="${spell(namespace)}"`]
  const attributes = element.attributes.map((attribute, index) => {
    const value = `="${spell(attribute.value)}"`
    if (attribute.namespace === "") return ` ${attribute.name}${value}`
    if (attribute.namespace === xmlNamespace) return ` xml:${attribute.name}${value}`
    return ` xmlns:A${index}="${spell(attribute.namespace)}" A${index}:${attribute.name}${value}`
  })
  const inner = children.map((child) => (typeof child === "string" ? spell(child) : write(child))).join("")
  const start = `<${open}${declared}${attributes.join("")}`
  return inner === "" ? `${start}/>` : `${start}>${inner}</${open}>`
}

export const prolog = '<?xml version="1.0" encoding="utf-8"?>\n'
export const contentType = "application/xml; charset=utf-8"
