/** Whose certificates are trusted. */
import * as fs from "node:fs"
import * as tls from "node:tls"

/** As PEM; the usual ones unless given. */
export type Authorities = ReadonlyArray<string> | undefined

/** The usual ones, those of `NODE_EXTRA_CA_CERTS` among them, and those in `file`. Throws when it holds none. */
export const withFile = (file: string): ReadonlyArray<string> => {
  const text = fs.readFileSync(file, "utf8")
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw new Error(`${file} holds no certificate in PEM`)
  return [...tls.getCACertificates("default"), text]
}
