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

/** Of get, head and copy, whose headers begin with `prefix`: whether the version is what the client has. */
export const checkReadConditions = (call: S3Call, version: Version, prefix = ""): boolean => {
  const header = (name: string) => call.exchange.header(`${prefix}${name}`)
  const timeOf = (name: string) => {
    const time = Date.parse(header(name) ?? "")
    return Number.isNaN(time) ? undefined : time
  }
  const seconds = Math.floor(version.timestamp / 1000) * 1000
  const [match, noneMatch] = [header("if-match"), header("if-none-match")]
  const [modified, unmodified] = [timeOf("if-modified-since"), timeOf("if-unmodified-since")]
  if (match !== undefined && !matches(match, version)) throw preconditionFailed("If-Match")
  if (match === undefined && unmodified !== undefined && seconds > unmodified) {
    throw preconditionFailed("If-Unmodified-Since")
  }
  if (noneMatch !== undefined) return matches(noneMatch, version)
  return modified !== undefined && modified <= call.account.clock.now() && seconds <= modified
}
