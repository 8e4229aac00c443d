/** Who may come in: by password, from no page of another site, under a name of this server. */
import { createHash, timingSafeEqual } from "node:crypto"
import { isIP } from "node:net"
import * as Redacted from "effect/Redacted"

export interface AccessOptions {
  /** Names and passwords for HTTP Basic. */
  readonly users: ReadonlyArray<{ readonly name: string; readonly password: Redacted.Redacted<string> }>
  /** Names besides addresses and `localhost` under which the server is asked for. */
  readonly hostNames: ReadonlyArray<string>
}

export type Entry =
  | { readonly _tag: "Welcome"; readonly user: string }
  | { readonly _tag: "Unknown" }
  /** Not for this server, or from a page of another one. */
  | { readonly _tag: "Astray"; readonly message: string }

/** Of equal length for all, so that comparing tells nothing. */
const digest = (secret: string): Buffer => createHash("sha256").update(secret).digest()

const hostOf = (authority: string): string =>
  authority
    .trim()
    .toLowerCase()
    .replace(/:\d*$/, "")
    .replace(/^\[(.*)\]$/, "$1")

const basic = (header: string): readonly [name: string, password: string] | undefined => {
  const found = /^basic\s+([a-z0-9+/=]+)$/i.exec(header.trim())
  if (found === null) return undefined
  const text = Buffer.from(found[1]!, "base64").toString()
  const colon = text.indexOf(":")
  return colon < 0 ? undefined : [text.slice(0, colon), text.slice(colon + 1)]
}

/** What browsers call pages of others: those of another port are no less so. What is no browser says nothing. */
const elsewhere = new Set<string | null>(["cross-site", "same-site"])

/** That a browser shows the answer to a person: the page that led here learns nothing of it. */
const isLink = (headers: Headers): boolean =>
  headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document"

/**
 * Without `options` whoever reaches the server may do everything; pages of other sites still may not, but for leading
 * people here where `allowsLinks`.
 */
export const make = (options: AccessOptions | undefined, allowsLinks = false): ((headers: Headers) => Entry) => {
  const { hostNames, users } = options ?? { hostNames: [], users: [] }
  const names = new Set(["localhost", ...hostNames.map((name) => name.toLowerCase())])
  const passwords = new Map(users.map(({ name, password }) => [name, digest(Redacted.value(password))]))
  const nobody = digest("")

  return (headers) => {
    const host = headers.get("host")
    if (host === null) return { _tag: "Astray", message: "the header Host is missing" }
    // A page that makes its own name lead here still asks under that name.
    if (isIP(hostOf(host)) === 0 && !names.has(hostOf(host)))
      return { _tag: "Astray", message: `this server is not called ${hostOf(host)}` }
    const origin = headers.get("origin")
    const isForeign = origin !== null && origin.replace(/^[a-z]+:\/\//, "") !== host
    const isFromElsewhere = elsewhere.has(headers.get("sec-fetch-site")) && !(allowsLinks && isLink(headers))
    if (isForeign || isFromElsewhere) return { _tag: "Astray", message: "pages of other sites are not answered" }
    if (options === undefined) return { _tag: "Welcome", user: "" }
    const [name, password] = basic(headers.get("authorization") ?? "") ?? []
    if (name === undefined || password === undefined) return { _tag: "Unknown" }
    const known = passwords.get(name)
    const isRight = timingSafeEqual(known ?? nobody, digest(password)) && known !== undefined
    return isRight ? { _tag: "Welcome", user: name } : { _tag: "Unknown" }
  }
}
