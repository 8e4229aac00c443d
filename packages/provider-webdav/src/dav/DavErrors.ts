/** What went wrong with a request: what the server said, or that it said nothing. */

import {
  AlreadyExists,
  InvalidRequest,
  NoSpace,
  NotFound,
  PermissionDenied,
  RateLimited,
  type Reason,
  Unauthenticated,
  Unavailable,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import * as Pace from "@ourclone/core/machine/Pace"
import { reasonOfProxy } from "@ourclone/http/ConnectionReason"
import { proxyRefused } from "@ourclone/http/HttpMessage"
import * as Duration from "effect/Duration"

export interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string | ReadonlyArray<string> | undefined }
}

export const headerOf = ({ headers }: Answer, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === "string" ? value : value?.[0]
}

/** Of a server, shown to people: on one line and not for ever. */
const shown = (text: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim()
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}

const seconds = (text: string | undefined): number => {
  const found = Number(text)
  return Number.isFinite(found) && found > 0 ? Math.min(found, 3600) : 1
}

/** Of a status that no caller knows better. */
export const reasonOf = (method: string, answer: Answer): Reason => {
  const { status } = answer
  switch (status) {
    case 401: {
      const challenge = headerOf(answer, "www-authenticate") ?? ""
      const asks = /^\s*(?:digest|ntlm|negotiate)/i.test(challenge)
        ? `; it asks for ${shown(challenge.trim().split(" ")[0] ?? "")}, which is not known here`
        : ""
      return new Unauthenticated({ message: `the server does not accept user and password${asks}` })
    }
    case 403:
      return new PermissionDenied({ message: `the server does not allow it (${method})` })
    case 404:
    case 410:
      return new NotFound({ message: "there is no such file" })
    case 409:
      return new NotFound({ message: "the folder that it is to be in is not there" })
    case 412:
      return new AlreadyExists({ message: "a file is there already" })
    case 423:
      return new Unavailable({ message: "it is locked by somebody else" })
    case 425:
      return new Unavailable({ message: "the server is not ready for it" })
    case 429:
      return new RateLimited({
        message: "the server asks for fewer calls",
        retryAfter: Duration.seconds(seconds(headerOf(answer, "retry-after")))
      })
    case 507:
      return new NoSpace({ message: "the storage is full" })
  }
  if (status >= 300 && status < 400) {
    const where = headerOf(answer, "location")
    return new InvalidRequest({
      message: `the server sends elsewhere${where === undefined ? "" : `, to ${shown(where)}`}, where no password is sent; set the option url to that address if it is right`
    })
  }
  if (status >= 500) return new Unavailable({ message: `the server has a failure of its own (${status})` })
  if (status >= 400) return new InvalidRequest({ message: `the server refuses it (${method}: ${status})` })
  return new UnexpectedResponse({ message: `the server answered ${method} with ${status}; is it a WebDAV address?` })
}

const certificate = /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|CERT_|UNABLE_TO_|ERR_TLS_)/

/** Of a request without an answer, or whose answer, where it `hasBegun`, broke off. */
export const reasonOfFailure = (error: unknown, hasBegun = false): Reason => {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : ""
  const message = error instanceof Error ? error.message : String(error)
  if (code === "ENOTFOUND")
    return new Unavailable({ message: `there is no such host (${message})`, isUnanswered: true })
  if (code === proxyRefused) return reasonOfProxy("the server", message)
  if (certificate.test(code)) {
    const remedy = "name its authority in the option caFile, or in NODE_EXTRA_CA_CERTS"
    return new InvalidRequest({ message: `the certificate of the server can not be trusted (${message}); ${remedy}` })
  }
  if (hasBegun && message !== Pace.message && !/TIMEOUT/.test(code)) {
    return new Unavailable({ message: `the answer broke off: ${message}`, isTorn: true })
  }
  return new Unavailable({ message: `the connection broke: ${message}`, isUnanswered: code === "ECONNREFUSED" })
}
