/** Whether the key that a server shows is its own. */
import * as fs from "node:fs"
import type { ServerHostKeyAlgorithm } from "ssh2"
import { fingerprint, type KnownKey, keysOf, nameOf, typeOf } from "./KnownHosts.ts"
import { anyHost, type SftpOptions } from "./SftpOptions.ts"
import { fileOf, sshFile } from "./SshFolder.ts"

export interface HostTrust {
  /** Kinds of keys to ask for, as far as some are known; `undefined` for the usual. */
  readonly algorithms: Array<ServerHostKeyAlgorithm> | undefined
  /** Why the server is not believed; `undefined` when it is. */
  readonly refusal: (blob: Buffer) => string | undefined
}

interface Known extends KnownKey {
  readonly file: string
}

const usualFiles = (): ReadonlyArray<string> => [
  sshFile("known_hosts"),
  sshFile("known_hosts2"),
  "/etc/ssh/ssh_known_hosts"
]

const textOf = (file: string, isNamed: boolean): string => {
  try {
    return fs.readFileSync(file, "utf8")
  } catch (error) {
    if (!isNamed && (error as NodeJS.ErrnoException).code === "ENOENT") return ""
    throw error
  }
}

/** One kind of key is asked for under several names. */
const algorithmsOf = (type: string): ReadonlyArray<string> =>
  type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type]

const wanted = (types: Iterable<string>): Array<ServerHostKeyAlgorithm> | undefined => {
  const names = [...new Set(types)].flatMap(algorithmsOf)
  return names.length === 0 ? undefined : (names as Array<ServerHostKeyAlgorithm>)
}

const lineFor = (name: string, blob: Buffer): string => `${name} ${typeOf(blob)} ${blob.toString("base64")}`

const pinned = (pin: string): HostTrust => {
  const [type = "", key = ""] = pin.split(" ")
  const expected = Buffer.from(key, "base64")
  return {
    algorithms: wanted([type]),
    refusal: (blob) =>
      blob.equals(expected)
        ? undefined
        : `the server shows the key ${fingerprint(blob)} where the option hostKey names ${fingerprint(expected)}: it is another server, or somebody stands between`
  }
}

/** Reads files of known hosts. Throws what `node:fs` throws where the one that was named can not be read. */
export const make = (options: SftpOptions): HostTrust => {
  if (options.hostKey !== undefined) return pinned(options.hostKey)
  if (options.knownHosts === anyHost) return { algorithms: undefined, refusal: () => undefined }
  const name = nameOf(options.host, options.port)
  const isNamed = options.knownHosts !== undefined
  const files = options.knownHosts === undefined ? usualFiles() : [fileOf(options.knownHosts)]
  const known: Array<Known> = []
  const revoked: Array<Known> = []
  for (const file of files) {
    const found = keysOf(textOf(file, isNamed), name)
    known.push(...found.keys.map((key) => ({ ...key, file })))
    revoked.push(...found.revoked.map((key) => ({ ...key, file })))
  }
  return {
    algorithms: wanted(known.map(({ type }) => type)),
    refusal: (blob) => {
      const shown = fingerprint(blob)
      const banned = revoked.find((key) => key.blob.equals(blob))
      if (banned !== undefined) return `its key ${shown} is revoked in line ${banned.line} of ${banned.file}`
      if (known.some((key) => key.blob.equals(blob))) return undefined
      const other = known.find(({ type }) => type === typeOf(blob)) ?? known[0]
      if (other !== undefined) {
        return `the server shows the key ${shown} where line ${other.line} of ${other.file} has ${fingerprint(other.blob)}: it is another server, or somebody stands between; where the key was changed on purpose, replace that line`
      }
      return `its key is not known: where ${shown} is right, add this line to ${files[0]}: ${lineFor(name, blob)}`
    }
  }
}
