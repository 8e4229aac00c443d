/** What is in a container, page by page. Whoever reads it puts it in order. */
import type { Directory, Entry } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import * as Pages from "@ourclone/core/layers/Pages"
import * as Effect from "effect/Effect"
import { reasonOfFailure } from "./AzureErrors.ts"
import { fileOf } from "./Blob.ts"
import type { Place } from "./Place.ts"
import { elements, inside, textOf } from "./Xml.ts"

interface Row {
  readonly name: string
  /** As it is written; `undefined` for all names that begin with `name`. */
  readonly blob: string | undefined
}

const nameOf = (content: string): string => {
  const written = textOf(inside(content, "Name") ?? "")
  // A name that XML can not hold comes in percent-coding.
  return /<Name Encoded="true">/.test(content) ? decodeURIComponent(written) : written
}

const skipped = (path: string, because: string): Entry => ({ _tag: "Skipped", path, because, isFailure: true })

/** `prefix` is what all names of the place begin with. */
const entryOf = (prefix: string, { blob, name }: Row): Entry | undefined => {
  const path = name.slice(prefix.length)
  const refused = RemotePath.refusal(blob === undefined ? path.slice(0, -1) : path)
  if (blob === undefined) {
    if (refused !== undefined) return skipped(path, `its name can not be used: ${refused}`)
    return { _tag: "Directory", path: RemotePath.makeUnsafe(path.slice(0, -1)) } satisfies Directory
  }
  const of = (name: string) => {
    const found = inside(blob, name)
    return found === undefined || found === "" ? undefined : textOf(found)
  }
  // Folders of accounts with a hierarchy, and of the portal, are empty files.
  if (of("hdi_isfolder") === "true" || (path.endsWith("/") && of("Content-Length") === "0")) return undefined
  if (refused !== undefined) return skipped(path, `its name can not be used: ${refused}`)
  return fileOf(RemotePath.makeUnsafe(path), {
    size: of("Content-Length"),
    etag: of("Etag"),
    md5: of("Content-MD5"),
    contentType: of("Content-Type"),
    lastModified: of("Last-Modified"),
    mtime: of("mtime")
  })
}

const pageOf = (xml: string): { readonly rows: ReadonlyArray<Row>; readonly next: string | undefined } => {
  const blobs = inside(xml, "Blobs")
  if (blobs === undefined || !xml.includes("</EnumerationResults>")) throw new Error("no listing")
  const rows = elements(blobs, ["Blob", "BlobPrefix"]).map(({ content, name }) => ({
    name: nameOf(content),
    blob: name === "Blob" ? content : undefined
  }))
  const next = textOf(inside(xml, "NextMarker") ?? "")
  return { rows, next: next === "" ? undefined : next }
}

export const list =
  (place: Place): Provider["list"] =>
  (directory, { depth } = {}) => {
    const { client, container, folder } = place
    const site = { provider: place.name, operation: "list", path: directory }
    const below = folder === "" || directory === "" ? `${folder}${directory}` : `${folder}/${directory}`
    const prefix = below === "" ? "" : `${below}/`
    const fetchPage = (marker: string) =>
      Effect.gen(function* () {
        const response = yield* client.send(site, {
          method: "GET",
          path: container,
          query: {
            restype: "container",
            comp: "list",
            include: "metadata",
            ...(prefix === "" ? {} : { prefix }),
            ...(depth === 1 ? { delimiter: "/" } : {}),
            ...(marker === "" ? {} : { marker })
          }
        })
        const xml = yield* Effect.tryPromise({
          try: () => response.text(),
          catch: (error) => client.fail(site, reasonOfFailure(error))
        })
        return yield* Effect.try({
          try: () => {
            const page = pageOf(xml)
            if (page.next === marker && marker !== "") throw new Error("it does not go on")
            const entries = page.rows.map((row) => entryOf(folder === "" ? "" : `${folder}/`, row))
            return { rows: entries.filter((entry) => entry !== undefined), next: page.next }
          },
          catch: () => client.fail(site, new UnexpectedResponse({ message: "what the service answers is no listing" }))
        })
      })
    return Pages.read("", fetchPage, () => ({ page: (entries: ReadonlyArray<Entry>) => entries }))
  }
