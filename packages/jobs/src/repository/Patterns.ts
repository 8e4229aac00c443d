/** Patterns of a request, checked. */
import * as PathFilter from "@ourclone/backup/choose/PathFilter"
import type { SelectionOptions } from "@ourclone/backup/choose/Selection"
import type { SnapshotFilter } from "@ourclone/backup/repository/SnapshotFilter"
import { InvalidJob } from "../kind/JobError.ts"
import type { Excludes, Includes, SnapshotFilterFields } from "./Fields.ts"

export const excludesOf = ({ exclude = [], iexclude = [] }: Excludes): PathFilter.PathPatterns => ({
  patterns: exclude,
  insensitivePatterns: iexclude
})

const includesOf = ({ iinclude = [], include = [] }: Includes): PathFilter.PathPatterns => ({
  patterns: include,
  insensitivePatterns: iinclude
})

export const isEmpty = ({ insensitivePatterns, patterns }: PathFilter.PathPatterns): boolean =>
  patterns.length + insensitivePatterns.length === 0

export const selectionOf = (request: Excludes & Includes): SelectionOptions => ({
  includes: includesOf(request),
  excludes: excludesOf(request)
})

export const filterOf = ({ host = [], path = [], tag = [] }: SnapshotFilterFields): SnapshotFilter => ({
  // What a variable that is not set leaves behind names no host.
  hosts: host.filter((name) => name !== ""),
  tags: tag,
  paths: path
})

const fields = ["exclude", "iexclude", "include", "iinclude"] as const

/** The first pattern that is none. */
export const refuse = (request: Excludes & Includes): InvalidJob | undefined => {
  for (const field of fields) {
    try {
      PathFilter.make({ patterns: request[field] ?? [], insensitivePatterns: [] })
    } catch (error) {
      return new InvalidJob({ field, message: error instanceof Error ? error.message : String(error) })
    }
  }
  if (!isEmpty(excludesOf(request)) && !isEmpty(includesOf(request))) {
    return new InvalidJob({ field: "include", message: "choose what to take or what to leave out, not both" })
  }
  return undefined
}
