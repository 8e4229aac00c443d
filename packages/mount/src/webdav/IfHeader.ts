/** The header `If` of RFC 4918 §10.4: lists of conditions, of which one must hold as a whole. */

export type Condition =
  | { readonly _tag: "Token"; readonly token: string; readonly isNot: boolean }
  | { readonly _tag: "ETag"; readonly etag: string; readonly isNot: boolean }

export interface ConditionList {
  /** The URL it is about; `undefined` for that of the request. */
  readonly resource: string | undefined
  readonly conditions: ReadonlyArray<Condition>
}

/** The header does not follow its grammar. */
export class BadIf extends Error {}

const longest = 8192

/** Fails with `BadIf`. */
export const parse = (header: string): ReadonlyArray<ConditionList> => {
  if (header.length > longest) throw new BadIf()
  const lists: Array<ConditionList> = []
  let rest = header.trim()
  let resource: string | undefined
  const take = (pattern: RegExp): string | undefined => {
    const found = pattern.exec(rest)
    if (found === null) return undefined
    rest = rest.slice(found[0].length).trimStart()
    return found[1] ?? ""
  }
  while (rest !== "") {
    const tag = take(/^<([^>]*)>/)
    if (tag !== undefined) {
      resource = tag
      if (!rest.startsWith("(")) throw new BadIf()
    }
    if (take(/^\(/) === undefined) throw new BadIf()
    const conditions: Array<Condition> = []
    while (take(/^\)/) === undefined) {
      const isNot = take(/^not\b/i) !== undefined
      const token = take(/^<([^>]*)>/)
      const etag = token === undefined ? take(/^\[\s*((?:W\/)?"[^"]*")\s*\]/) : undefined
      if (token !== undefined) conditions.push({ _tag: "Token", token, isNot })
      else if (etag !== undefined) conditions.push({ _tag: "ETag", etag, isNot })
      else throw new BadIf()
    }
    if (conditions.length === 0) throw new BadIf()
    lists.push({ resource, conditions })
  }
  if (lists.length === 0) throw new BadIf()
  return lists
}

/** Every token that the client says it knows, wherever it stands. */
export const tokensOf = (lists: ReadonlyArray<ConditionList>): ReadonlySet<string> =>
  new Set(
    lists.flatMap(({ conditions }) =>
      conditions.flatMap((each) => (each._tag === "Token" && !each.isNot ? [each.token] : []))
    )
  )
