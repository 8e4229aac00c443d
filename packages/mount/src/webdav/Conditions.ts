/** Whether a request may go on: the headers `If`, `If-Match` and those about time. */
import type { Attributes } from "../contract/FileSystem.ts"
import * as Preconditions from "../http/Preconditions.ts"
import { find } from "./ByPath.ts"
import type { Context } from "./DavRequest.ts"
import * as Href from "./Href.ts"
import * as IfHeader from "./IfHeader.ts"
import { etag, knownOf } from "./LiveProperties.ts"
import { Problem } from "./Problem.ts"

/** The lists of `If`; none where there is no such header. `400` where it follows no grammar. */
export const ifLists = (headers: Headers): ReadonlyArray<IfHeader.ConditionList> => {
  const header = headers.get("if")
  if (header === null) return []
  try {
    return IfHeader.parse(header)
  } catch (error) {
    if (error instanceof IfHeader.BadIf) throw new Problem(400, "the header If can not be read")
    throw error
  }
}

const holds = async (
  { resource, conditions }: IfHeader.ConditionList,
  context: Context,
  names: ReadonlyArray<string>,
  host: string | undefined
): Promise<boolean> => {
  const about = resource === undefined ? { names } : Href.parseReference(resource, host)
  if (about === undefined) return false
  const held = new Set(context.locks.covering(about.names).map(({ token }) => token))
  const node = conditions.some(({ _tag }) => _tag === "ETag") ? await find(context.fileSystem, about.names) : undefined
  return conditions.every((condition) => {
    const is =
      condition._tag === "Token" ? held.has(condition.token) : node !== undefined && condition.etag === etag(node)
    return is !== condition.isNot
  })
}

/** `412` where not one of the lists holds. */
export const check = async (
  lists: ReadonlyArray<IfHeader.ConditionList>,
  context: Context,
  names: ReadonlyArray<string>,
  host: string | undefined
): Promise<void> => {
  for (const list of lists) if (await holds(list, context, names, host)) return
  if (lists.length > 0) throw new Problem(412, "no condition of the header If holds")
}

/** `412`, or for reading `304` as "not modified". */
export const checkHttp = (
  headers: Headers,
  node: Attributes | undefined,
  isReading: boolean
): "goOn" | "notModified" => {
  const result = Preconditions.check(headers, node && knownOf(node), isReading)
  if (result === "failed") throw new Problem(412, "it is not the version that was asked for")
  return result
}
