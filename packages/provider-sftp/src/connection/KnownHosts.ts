/** Files of known hosts, in the format of OpenSSH: see `sshd(8)`, "SSH_KNOWN_HOSTS FILE FORMAT". */
import { createHmac, hash } from "node:crypto"

export interface KnownKey {
  /** Such as `ssh-ed25519`. */
  readonly type: string
  readonly blob: Buffer
  /** Counted from 1. */
  readonly line: number
}

export interface HostKeys {
  readonly keys: ReadonlyArray<KnownKey>
  readonly revoked: ReadonlyArray<KnownKey>
}

const escaped = (text: string): string => text.replace(/[.+^${}()|[\]\\]/g, "\\$&")

const isMatch = (pattern: string, name: string): boolean => {
  const [, salt, digest] = /^\|1\|([^|]+)\|(.+)$/.exec(pattern) ?? []
  if (salt !== undefined) {
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === digest
  }
  const glob = escaped(pattern.toLowerCase()).replace(/\*+/g, "[^]*").replaceAll("?", "[^]")
  return new RegExp(`^${glob}$`).test(name.toLowerCase())
}

const isFor = (hosts: string, name: string): boolean => {
  const patterns = hosts.split(",")
  const isDenied = patterns.some((pattern) => pattern.startsWith("!") && isMatch(pattern.slice(1), name))
  return !isDenied && patterns.some((pattern) => isMatch(pattern, name))
}

/** What a host is called in such files. */
export const nameOf = (host: string, port: number): string => (port === 22 ? host : `[${host}]:${port}`)

/** The keys that `text` has for the host of that name. Keys of authorities count for none: they can not be checked here. */
export const keysOf = (text: string, name: string): HostKeys => {
  const keys: Array<KnownKey> = []
  const revoked: Array<KnownKey> = []
  for (const [index, row] of text.split("\n").entries()) {
    const words = row.trim().split(/\s+/)
    if (words[0] === "" || words[0]?.startsWith("#")) continue
    const marker = words[0]?.startsWith("@") ? words.shift() : undefined
    const [hosts = "", type = "", key] = words
    if (key === undefined || marker === "@cert-authority" || !isFor(hosts, name)) continue
    const list = marker === "@revoked" ? revoked : keys
    list.push({ type, blob: Buffer.from(key, "base64"), line: index + 1 })
  }
  return { keys, revoked }
}

/** As `ssh-keygen -l` shows it. */
export const fingerprint = (blob: Buffer): string => `SHA256:${hash("sha256", blob, "base64").replace(/=+$/, "")}`

/** The type that a key says it has, as in a file of known hosts. */
export const typeOf = (blob: Buffer): string => {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0
  return blob.toString("latin1", 4, 4 + Math.min(length, 64))
}
