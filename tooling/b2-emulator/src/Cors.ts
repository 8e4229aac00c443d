/** Preflight requests of browsers, answered by the bucket's CORS rules. */
import type { Account } from "./Account.ts"
import type { Bucket } from "./Bucket.ts"
import { ApiError } from "./Errors.ts"
import { type Exchange, parseQuery } from "./Exchange.ts"
import { decodePercent } from "./PercentCoding.ts"

const bucketOf = (exchange: Exchange, account: Account): Bucket | undefined => {
  const segments = exchange.path.split("/")
  if (exchange.operation === "b2_upload_file") return account.buckets.get(segments[4] ?? "")
  if (exchange.operation === "b2_upload_part") return account.files.get(segments[4] ?? "")?.bucket
  if (exchange.operation === "b2_download_file_by_id") {
    return account.files.get(parseQuery(exchange.query).fileId ?? "")?.bucket
  }
  const name = decodePercent(segments[2] ?? "")
  return [...account.buckets.values()].find((bucket) => bucket.bucketName === name)
}

const matches = (pattern: string, origin: string): boolean => {
  if (pattern === "*" || pattern === origin) return true
  if (pattern === "https") return origin.startsWith("https://")
  const [before, after] = pattern.split("*")
  return after !== undefined && origin.startsWith(before!) && origin.endsWith(after)
}

const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [])

export const preflight = (exchange: Exchange, account: Account): void => {
  const origin = exchange.header("origin") ?? ""
  const rule = bucketOf(exchange, account)?.corsRules.find(
    (each) =>
      list(each.allowedOperations).includes(exchange.operation) &&
      list(each.allowedOrigins).some((pattern) => matches(pattern, origin))
  )
  if (rule === undefined) {
    exchange.sendError(new ApiError(403, "forbidden", "No CORS rule of the bucket allows this"))
    return
  }
  exchange.status = 200
  const headers = [
    "Access-Control-Allow-Origin",
    origin,
    "Access-Control-Allow-Methods",
    exchange.header("access-control-request-method") ?? "GET",
    "Access-Control-Allow-Headers",
    exchange.header("access-control-request-headers") ?? "",
    "Access-Control-Max-Age",
    String(rule.maxAgeSeconds),
    "Content-Length",
    "0"
  ]
  exchange.drain(() => exchange.request.reply(200, headers, ""))
}
