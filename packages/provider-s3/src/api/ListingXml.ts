/** Listings of objects, in either version of the call, in the fields of the library. */
import { NoDocument, read } from "./AnswerXml.ts"

export interface ListedObject {
  readonly Key: string
  readonly ETag: string | undefined
  /** In bytes; `undefined` where the answer says none that is one. */
  readonly Size: number | undefined
}

export interface Listing {
  readonly Name?: string
  readonly IsTruncated?: boolean
  readonly EncodingType?: string
  readonly NextContinuationToken?: string
  readonly NextMarker?: string
  readonly Contents: ReadonlyArray<ListedObject>
  readonly CommonPrefixes: ReadonlyArray<{ readonly Prefix: string }>
}

/** Ten times what is asked for. */
const mostRows = 10_000

const sizeOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : undefined

const isTruncated = (text: string | undefined) => (text === "true" ? true : text === "false" ? false : undefined)

const root = "ListBucketResult"

/** `undefined` for another document, or none; throws `NoDocument` for one that is cut off, or longer than any is. */
export const listing = (xml: string): Listing | undefined => {
  const own: Record<string, string> = {}
  const Contents: Array<ListedObject> = []
  const CommonPrefixes: Array<{ readonly Prefix: string }> = []
  let row: Record<string, string> = {}
  let isListing = false
  const onBegin = (path: ReadonlyArray<string>) => {
    if (path.length === 1) isListing = path[0] === root
    if (path.length === 2) row = {}
  }
  const onEnd = (path: ReadonlyArray<string>, text: string) => {
    const [, kind, field] = path
    if (path.length === 3 && field !== undefined) row[field] = text
    if (path.length !== 2 || kind === undefined) return
    if (kind === "Contents") Contents.push({ Key: row.Key ?? "", ETag: row.ETag, Size: sizeOf(row.Size) })
    else if (kind === "CommonPrefixes") CommonPrefixes.push({ Prefix: row.Prefix ?? "" })
    else own[kind] = text
    if (Contents.length + CommonPrefixes.length > mostRows) throw new NoDocument("the listing has no end")
  }
  try {
    read(xml, onBegin, onEnd)
  } catch (error) {
    if (isListing || !(error instanceof NoDocument)) throw error
  }
  if (!isListing) return undefined
  const truncated = isTruncated(own.IsTruncated?.trim())
  return {
    ...(own.Name === undefined ? {} : { Name: own.Name }),
    ...(own.EncodingType === undefined ? {} : { EncodingType: own.EncodingType }),
    ...(own.NextContinuationToken === undefined ? {} : { NextContinuationToken: own.NextContinuationToken }),
    ...(own.NextMarker === undefined ? {} : { NextMarker: own.NextMarker }),
    ...(truncated === undefined ? {} : { IsTruncated: truncated }),
    Contents,
    CommonPrefixes
  }
}
