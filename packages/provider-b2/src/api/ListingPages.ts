/**
 * Pages of listings, held against what was asked for: every name in the asked prefix and in order, every page after the
 * one before. A service that goes in circles, or answers for something else, would otherwise be read for ever, or have
 * names taken for others.
 */
import { compare } from "@ourclone/core/contract/RemotePath"
import * as B2Replies from "./B2Replies.ts"

/** In bytes: a thousand rows with the longest names and file infos that B2 takes, written as long as JSON can. */
export const mostOfListing = 32 * 1024 * 1024

export interface Asked {
  readonly prefix: string
  readonly startFileName?: string | undefined
}

const refuse = (what: string): never => {
  throw new B2Replies.UnknownShape(what)
}

const outside = (name: string, prefix: string): never =>
  refuse(`has the name ${JSON.stringify(name)}, which does not begin with ${JSON.stringify(prefix)} as was asked`)

const standsStill = (): never => refuse("has a next page that is not after this one")

/** The first name that may be in the page. A folder is named after what it begins with. */
const begin = ({ prefix, startFileName = "" }: Asked): string =>
  compare(startFileName, prefix) > 0 ? startFileName : prefix

const checkRows = (
  asked: Asked,
  rows: ReadonlyArray<B2Replies.FileRow>,
  isAfter: (order: number) => boolean
): string | undefined => {
  const first = begin(asked)
  let last: string | undefined
  let hasBegun = false
  for (const { action, fileName } of rows) {
    if (!fileName.startsWith(asked.prefix)) outside(fileName, asked.prefix)
    // What is in order after a row that may be there may be there too.
    hasBegun ||= compare(fileName, first) >= 0
    const isHere = hasBegun || (action === "folder" && first.startsWith(fileName))
    if (!isHere || (last !== undefined && !isAfter(compare(fileName, last)))) {
      refuse(`has the name ${JSON.stringify(fileName)} where only later ones may be`)
    }
    last = fileName
  }
  return last
}

/** Behind the last name with the prefix there is nothing that was asked for. */
const isPast = (next: string, prefix: string): boolean => !next.startsWith(prefix) && compare(next, prefix) > 0

/** Of `b2_list_file_names`. */
export const names =
  (asked: Asked) =>
  (json: unknown): B2Replies.FilePage => {
    const page = B2Replies.filePage(json)
    const last = checkRows(asked, page.files, (order) => order > 0)
    const next = page.nextFileName
    if (next === null || isPast(next, asked.prefix)) return { ...page, nextFileName: null }
    const { startFileName } = asked
    const isLater =
      compare(next, begin(asked)) >= 0 &&
      (startFileName === undefined || compare(next, startFileName) > 0) &&
      (last === undefined || compare(next, last) > 0)
    return isLater ? page : standsStill()
  }

/**
 * Of `b2_list_file_versions`: many rows have one name, and the ids of these have no order that is known.
 * `seen` are the ids that pages of this name began with.
 */
export const versions =
  (asked: Asked, seen: ReadonlySet<string>) =>
  (json: unknown): B2Replies.FilePage => {
    const page = B2Replies.filePage(json)
    const last = checkRows(asked, page.files, (order) => order >= 0)
    const { nextFileId, nextFileName: next } = page
    if (next === null || isPast(next, asked.prefix)) return { ...page, nextFileName: null, nextFileId: null }
    const isSameName = next === asked.startFileName
    const isLater =
      compare(next, begin(asked)) >= 0 &&
      (last === undefined || compare(next, last) >= 0) &&
      (!isSameName || (nextFileId !== null && !seen.has(nextFileId)))
    return isLater ? page : standsStill()
  }

/** Of `b2_list_unfinished_large_files`, whose pages follow ids. `seen` are those that pages began with. */
export const unfinished =
  (namePrefix: string, seen: ReadonlyArray<string>) =>
  (json: unknown): B2Replies.FilePage => {
    const page = B2Replies.filePage(json)
    for (const { fileName } of page.files) if (!fileName.startsWith(namePrefix)) outside(fileName, namePrefix)
    if (page.nextFileId !== null && seen.includes(page.nextFileId)) standsStill()
    return page
  }

/** Of `b2_list_parts`. */
export const parts =
  (start: number) =>
  (json: unknown): ReturnType<typeof B2Replies.partPage> => {
    const page = B2Replies.partPage(json)
    let last = start - 1
    for (const { partNumber } of page.parts) {
      if (partNumber <= last) refuse(`has part ${partNumber} where only later ones may be`)
      last = partNumber
    }
    const next = page.nextPartNumber
    return next === null || (next > start && next > last) ? page : standsStill()
  }
