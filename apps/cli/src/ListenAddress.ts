/** Where to listen, as rclone and others write it: `127.0.0.1:8080`, `[::1]:8080`, `:8080`, `localhost`. */
import * as Result from "effect/Result"

export interface ListenAddress {
  readonly address: string
  readonly port: number
}

/** rclone's. */
export const standard: ListenAddress = { address: "127.0.0.1", port: 8080 }

export const servicePort = 7727

/** Whom others do not reach. */
export const ofThisMachine = (port: number): ReadonlyArray<ListenAddress> =>
  ["127.0.0.1", "::1"].map((address) => ({ address, port }))

const form = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s/]*))(?::(\d{1,5}))?$/i

/** A name alone may be anything that was mistyped; with a port it is meant as one. */
const needsNoPort = /^(?:localhost|\d+\.\d+\.\d+\.\d+)$/i

/** Without a host all addresses of the machine are meant, of IPv6 and IPv4. Fails with what is expected. */
export const parse = (typed: string, usualPort = standard.port): Result.Result<ListenAddress, string> => {
  const [found, six, host, given] = form.exec(typed) ?? []
  const port = given ?? String(usualPort)
  const isWhole = given !== undefined || six !== undefined || needsNoPort.test(host ?? "")
  if (found === undefined || !isWhole || Number(port) > 65_535)
    return Result.fail(`an address with a port, such as 127.0.0.1:${usualPort} or :${usualPort}`)
  const address = six ?? host
  return Result.succeed({ address: address === undefined || address === "" ? "::" : address, port: Number(port) })
}
