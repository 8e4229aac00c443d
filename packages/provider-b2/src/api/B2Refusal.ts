/** An answer of B2 that says no: `{ "status": 401, "code": "expired_auth_token", "message": "" }`. */

import { type HttpReply, header } from "@ourclone/http/HttpMessage"
import * as ForeignAnswer from "./ForeignAnswer.ts"

export class B2Refusal {
  readonly _tag = "B2Refusal"
  readonly status: number
  /** Empty where there was no body (HEAD), or not one of B2's. */
  readonly code: string
  readonly message: string
  /** Milliseconds, where the service named a time. */
  readonly retryAfter: number | undefined
  /** Who answered instead of B2, in words for people. */
  readonly foreign: string | undefined

  constructor(status: number, code: string, message: string, retryAfter?: number, foreign?: string) {
    this.status = status
    this.code = code
    this.message = message
    this.retryAfter = retryAfter
    this.foreign = foreign
  }

  /** Whether a new token may help. HEAD replies carry no code, so a bare 401 counts. */
  get isTokenRefused(): boolean {
    return (
      this.status === 401 &&
      this.foreign === undefined &&
      (this.code === "bad_auth_token" || this.code === "expired_auth_token" || this.code === "")
    )
  }
}

/** The longest wait that is obeyed; a service that asks for more is asked again after this. */
const longestWait = 300_000

/** `Retry-After` as milliseconds: whole seconds, or a date. */
export const parseRetryAfter = (value: string | undefined, now: number): number | undefined => {
  if (value === undefined) return undefined
  const millis = /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isFinite(millis) ? Math.min(Math.max(0, Math.round(millis)), longestWait) : undefined
}

const text = (value: unknown): string => (typeof value === "string" ? value : "")

export const fromReply = (reply: HttpReply): B2Refusal => {
  const retryAfter = parseRetryAfter(header(reply.headers, "retry-after"), Date.now())
  let body: unknown
  try {
    body = JSON.parse(reply.body.toString())
  } catch {
    body = undefined
  }
  const { code, message } = (typeof body === "object" && body !== null ? body : {}) as {
    code?: unknown
    message?: unknown
  }
  return new B2Refusal(reply.status, text(code), text(message), retryAfter, ForeignAnswer.describe(reply))
}
