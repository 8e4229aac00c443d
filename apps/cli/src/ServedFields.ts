/** The request of a server of a place, from the flags of its command. */
import * as Struct from "effect/Struct"
import { absolute, absolutePath } from "./AbsolutePlace.ts"
import { given } from "./Given.ts"
import type { ListenAddress } from "./ListenAddress.ts"

export interface ServedFlags {
  readonly path: string
  readonly addr: ListenAddress
  readonly certificate: string | undefined
  readonly certificateKey: string | undefined
  readonly cacheDirectory?: string | undefined
}

/** What of the flags is a field of the request, with its places made absolute. */
export const requestOf = <Fields extends object, Flags extends ServedFlags>(fields: Fields, flags: Flags) => {
  const asked = Struct.pick(flags, Object.keys(fields) as Array<keyof Fields & keyof Flags>)
  const { addr, cacheDirectory, certificate, certificateKey, path } = flags
  const files = {
    certificate: absolutePath(certificate),
    certificateKey: absolutePath(certificateKey),
    cacheDirectory: absolutePath(cacheDirectory)
  }
  return { ...given({ ...asked, ...files }), path: absolute(path), ...addr }
}
