/** The error reply of each fault that is one; the others break the body or the connection. */
import type { Account } from "./Account.ts"
import { ApiError, expiredAuthToken, ProxyError, serviceUnavailable } from "./Errors.ts"
import type { Exchange } from "./Exchange.ts"
import type { CallShape } from "./Faults.ts"

const retryAfterSeconds = "1"

const capCode: Record<CallShape, string> = {
  authorize: "transaction_cap_exceeded",
  json: "transaction_cap_exceeded",
  upload: "storage_cap_exceeded",
  download: "download_cap_exceeded"
}

const errorOf = (exchange: Exchange, shape: CallShape): ApiError | undefined => {
  switch (exchange.fault) {
    case "503":
      return serviceUnavailable("The service is busy (fault)")
    case "429":
      return new ApiError(429, "too_many_requests", "Slow down (fault)", ["Retry-After", retryAfterSeconds])
    case "408":
      return new ApiError(408, "request_timeout", "The request took too long (fault)")
    case "500":
      return new ApiError(500, "internal_error", "Something failed inside (fault)")
    case "expired":
      return expiredAuthToken("Authorization token has expired (fault)")
    case "502-html":
      return new ProxyError(502, "Bad Gateway")
    case "403-html":
      return new ProxyError(403, "Forbidden")
    case "400-html":
      return new ProxyError(400, "Bad Request")
    case "cap":
      return new ApiError(403, capCode[shape], "Cap exceeded (fault)")
    default:
      return undefined
  }
}

/** Answers the exchange when its fault, or another `failure`, is an error reply; false otherwise. */
export const replyWithFault = (
  exchange: Exchange,
  account: Account,
  shape: CallShape,
  failure: ApiError | undefined,
  /** How the side that was called spells its errors. */
  spelled: (error: ApiError) => unknown = (error) => error
): boolean => {
  const error = failure ?? errorOf(exchange, shape)
  if (error === undefined) {
    if (exchange.fault !== "reset" || shape !== "json") return false
    exchange.drain(() => exchange.reset())
    return true
  }
  const token = exchange.header("authorization")
  if (token !== undefined) {
    if (shape === "upload") {
      if ([401, 408, 503].includes(error.status)) account.tokens.retireUploadToken(token)
    } else if (error.code === "expired_auth_token") account.tokens.expireAccountToken(token)
  }
  exchange.refuse(() => exchange.sendFailure(spelled(error)))
  return true
}
