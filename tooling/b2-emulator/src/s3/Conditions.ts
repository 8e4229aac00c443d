/** If-Match and its kin. */
import { visibleFile } from "../Account.ts"
import type { Bucket } from "../Bucket.ts"
import type { Version } from "../Version.ts"
import { etagOf } from "./ObjectFacts.ts"
import type { S3Call } from "./S3Call.ts"
import { noSuchKey, notImplemented, preconditionFailed } from "./S3Error.ts"

const matches = (condition: string, version: Version): boolean =>
  condition === "*" || condition.replaceAll('"', "") === etagOf(version).replaceAll('"', "")

/** Of put, finish and delete. */
export const checkWriteConditions = (call: S3Call, bucket: Bucket): void => {
  const match = call.exchange.header("if-match")
  const noneMatch = call.exchange.header("if-none-match")
  if (match === undefined && noneMatch === undefined) return
  if (call.behaviour.asB2) throw notImplemented(match === undefined ? "If-None-Match" : "If-Match")
  const current = visibleFile(bucket.names.get(call.name))
  if (noneMatch !== undefined && current !== undefined && matches(noneMatch, current)) {
    throw preconditionFailed("If-None-Match")
  }
  if (match === undefined) return
  if (current === undefined) throw noSuchKey(call.name)
  if (!matches(match, current)) throw preconditionFailed("If-Match")
}

/** Of get and head: whether the answer is 304. */
export const checkReadConditions = (call: S3Call, version: Version): boolean => {
  const match = call.exchange.header("if-match")
  const noneMatch = call.exchange.header("if-none-match")
  if (match !== undefined && !matches(match, version)) throw preconditionFailed("If-Match")
  return noneMatch !== undefined && matches(noneMatch, version)
}
