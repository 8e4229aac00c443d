/** Properties that the server knows the value of: one table, from which they are listed, answered and set. */
import type { AttributeChanges, Attributes, Space, Time } from "../contract/FileSystem.ts"
import { httpDate } from "../http/FileAnswer.ts"
import { mediaType } from "../http/MediaType.ts"
import type { Known as KnownVersion } from "../http/Preconditions.ts"
import * as Href from "./Href.ts"
import type { Lock, Locks } from "./Locks.ts"
import { dav, type Element, textOf } from "./xml/Element.ts"
import { spell } from "./xml/XmlText.ts"

export interface Resource {
  readonly names: ReadonlyArray<string>
  readonly attributes: Attributes
}

export interface Known {
  readonly locks: Locks
  /** Of the whole; `undefined` where nobody asked for it. */
  readonly space: Space | undefined
}

interface Live {
  readonly namespace: string
  readonly name: string
  /** Told where all properties are asked for. */
  readonly isCommon: boolean
  /** What stands in the element, as XML; `undefined` where the resource has no such property. */
  readonly value: (resource: Resource, known: Known) => string | undefined
  /** What setting it changes; `undefined` where the value makes no sense. Without it the property is protected. */
  readonly change?: (element: Element, attributes: Attributes) => AttributeChanges | undefined
}

const apache = "http://apache.org/dav/props/"
export const microsoft = "urn:schemas-microsoft-com:"

export const millisOf = ({ seconds, nanoseconds }: Time): number => seconds * 1000 + Math.floor(nanoseconds / 1e6)

export const timeOf = (text: string): Time | undefined => {
  const millis = Date.parse(text)
  if (!Number.isFinite(millis)) return undefined
  const seconds = Math.floor(millis / 1000)
  return { seconds, nanoseconds: (millis - seconds * 1000) * 1e6 }
}

/** Changes with every change of the content, and with nothing else. */
export const etag = ({ ino, generation }: Attributes): string => `"${ino}-${generation}"`

/** What conditions of a request are held against. */
export const knownOf = (attributes: Attributes): KnownVersion => ({
  etag: etag(attributes),
  modifiedSeconds: attributes.modified.seconds
})

const isFolder = ({ attributes }: Resource): boolean => attributes.kind === "directory"
const nameOf = ({ names }: Resource): string => names.at(-1) ?? ""

const lockEntry = (scope: string): string =>
  `<D:lockentry><D:lockscope><D:${scope}/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>`

export const activeLock = (lock: Lock, locks: Locks): string =>
  [
    "<D:activelock><D:locktype><D:write/></D:locktype>",
    `<D:lockscope><D:${lock.isExclusive ? "exclusive" : "shared"}/></D:lockscope>`,
    `<D:depth>${lock.isDeep ? "infinity" : "0"}</D:depth>`,
    lock.owner,
    `<D:timeout>Second-${locks.secondsLeft(lock)}</D:timeout>`,
    `<D:locktoken><D:href>${spell(lock.token)}</D:href></D:locktoken>`,
    `<D:lockroot><D:href>${spell(Href.write(lock.names, false))}</D:href></D:lockroot></D:activelock>`
  ].join("")

const own = (name: string, value: Live["value"], isCommon = true): Live => ({ namespace: dav, name, isCommon, value })

const table: ReadonlyArray<Live> = [
  own("resourcetype", (resource) => (isFolder(resource) ? "<D:collection/>" : "")),
  own("displayname", (resource) => spell(nameOf(resource))),
  own("getcontentlength", (resource) => (isFolder(resource) ? undefined : String(resource.attributes.size))),
  own("getcontenttype", (resource) => (isFolder(resource) ? undefined : spell(mediaType(nameOf(resource))))),
  own("getetag", (resource) => (isFolder(resource) ? undefined : spell(etag(resource.attributes)))),
  own("getlastmodified", ({ attributes }) => httpDate(millisOf(attributes.modified))),
  // When it was made is not known; no client takes a file that is older than its content ill.
  own("creationdate", ({ attributes }) => {
    const date = httpDate(millisOf(attributes.modified))
    return date && new Date(date).toISOString()
  }),
  own("supportedlock", () => lockEntry("exclusive") + lockEntry("shared")),
  own("lockdiscovery", ({ names }, { locks }) =>
    locks
      .covering(names)
      .map((lock) => activeLock(lock, locks))
      .join("")
  ),
  own(
    "quota-available-bytes",
    (resource, { space }) => (isFolder(resource) ? space && String(space.free) : undefined),
    false
  ),
  own(
    "quota-used-bytes",
    (resource, { space }) => (isFolder(resource) ? space && String(space.total - space.free) : undefined),
    false
  ),
  {
    namespace: apache,
    name: "executable",
    isCommon: true,
    value: (resource) => (isFolder(resource) ? undefined : (resource.attributes.mode & 0o111) === 0 ? "F" : "T"),
    change: (element, { mode }) => {
      const text = textOf(element).trim()
      if (text === "T") return { mode: mode | ((mode & 0o444) >> 2) }
      return text === "F" ? { mode: mode & ~0o111 } : undefined
    }
  },
  {
    // Windows sets the time of a file by this, and reads it by the one above.
    namespace: microsoft,
    name: "Win32LastModifiedTime",
    isCommon: false,
    value: ({ attributes }) => httpDate(millisOf(attributes.modified)),
    change: (element) => {
      const modified = timeOf(textOf(element))
      return modified === undefined ? undefined : { modified }
    }
  }
]

/** Nothing divides a name in XML from its namespace by a blank. */
export const keyOf = (property: { readonly namespace: string; readonly name: string }): string =>
  `${property.namespace} ${property.name}`

export const liveProperties: ReadonlyMap<string, Live> = new Map(table.map((live) => [keyOf(live), live]))

export const quotaKeys: ReadonlySet<string> = new Set([`${dav} quota-available-bytes`, `${dav} quota-used-bytes`])
