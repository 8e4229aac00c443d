/** Texts of chance that open something. They are kept as hashes: at 256 bits a fast one is enough. */
import { hash, randomBytes } from "node:crypto"

export const make = (): string => randomBytes(32).toString("base64url")

export const hashOf = (ticket: string): string => hash("sha256", ticket)

const prefix = "oc_"
const checkLength = 6

const checkOf = (body: string): string => hash("sha256", body, "base64url").slice(0, checkLength)

/** A token as it is shown: recognisable, and with letters at its end by which a mistyped one is told from a revoked one. */
export const makeToken = (): string => {
  const body = make()
  return `${prefix}${body}${checkOf(body)}`
}

export const isToken = (text: string): boolean => {
  if (!/^oc_[A-Za-z0-9_-]{49}$/.test(text)) return false
  const body = text.slice(prefix.length, -checkLength)
  return text.endsWith(checkOf(body))
}
