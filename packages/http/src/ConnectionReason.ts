/** What it means that a request was not answered, or only in part. */
import * as StorageError from "@ourclone/core/contract/StorageError"
import { type ConnectionFailure, proxyRefused, tooLong, unreadable, unsendable } from "./HttpMessage.ts"

const certificate = /^(?:CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

/** What it means that a proxy, which said `answer`, makes no connection. */
export const reasonOfProxy = (origin: string, answer: string): StorageError.Reason => {
  const message = `the proxy makes no connection to ${origin}: ${answer}`
  if (/^(?:429|5\d\d)/.test(answer)) return new StorageError.Unavailable({ message, isUnanswered: true })
  const hint = answer.startsWith("407") ? "; it asks for a name and a password, which its address may hold" : ""
  return new StorageError.InvalidRequest({ message: `${message}${hint}` })
}

/** `isUpload`: where another address may be asked at once. */
export const reasonOf = (failure: ConnectionFailure, isUpload?: boolean): StorageError.Reason => {
  const { error, origin } = failure
  const code = String((error as { readonly code?: unknown }).code ?? "")
  if (code === tooLong) {
    return new StorageError.UnexpectedResponse({
      message: `${origin} sent ${error.message}, which is more than it may have; check the endpoint`
    })
  }
  if (code === proxyRefused) return reasonOfProxy(origin, error.message)
  if (certificate.test(code)) {
    return new StorageError.InvalidRequest({
      message: `the certificate of ${origin} is not trusted (${code}); check the endpoint, or name your authority by the option caFile or in NODE_EXTRA_CA_CERTS`
    })
  }
  if (code === unsendable || code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH") {
    return new StorageError.InvalidRequest({ message: `the request can not be sent: ${error.message}` })
  }
  if (failure.hasBegun && code !== unreadable && !/TIMEOUT/.test(code)) {
    const message = `the answer of ${origin} broke off (${code === "" ? error.message : code})`
    return new StorageError.Unavailable({ message, isTorn: true, ...(isUpload === true ? { retryAtOnce: true } : {}) })
  }
  const what = /TIMEOUT/.test(code)
    ? `${origin} did not answer in time`
    : code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "ECONNREFUSED"
      ? `${origin} can not be reached; check the network and the endpoint`
      : `the connection to ${origin} broke`
  const message = `${what} (${code === "" || code === unreadable ? error.message : code})`
  return new StorageError.Unavailable({
    message,
    isUnanswered: true,
    ...(isUpload === true ? { retryAtOnce: true } : {})
  })
}
