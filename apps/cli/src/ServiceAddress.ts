/** Where the service listens when nobody says. */
import * as fs from "node:fs"
import * as ListenAddress from "./ListenAddress.ts"

/** `container` is how those who start a container say so; an image may say it of itself, as some say nothing. */
export const isContainer = (environment: Readonly<Record<string, string | undefined>>): boolean =>
  (environment.container ?? "") !== "" || fs.existsSync("/.dockerenv") || fs.existsSync("/run/.containerenv")

export interface Given {
  readonly addr: ReadonlyArray<ListenAddress.ListenAddress>
  readonly allowHttp: boolean
  readonly tlsCertificate: string | undefined
}

/**
 * This machine alone. In a container nobody outside reaches that: one that others may open, by a certificate or
 * without one, listens to them.
 */
export const addresses = (
  { addr, allowHttp, tlsCertificate }: Given,
  isInside: boolean
): ReadonlyArray<ListenAddress.ListenAddress> => {
  if (addr.length > 0) return addr
  const isOpen = isInside && (allowHttp || tlsCertificate !== undefined)
  const port = ListenAddress.servicePort
  return isOpen ? [{ address: "0.0.0.0", port }] : ListenAddress.ofThisMachine(port)
}
