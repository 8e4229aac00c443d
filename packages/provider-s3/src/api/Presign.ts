/** Addresses that carry their own signature: whoever has one may do the request it is of. */
import { type Address, hostOf } from "./S3Address.ts"
import { queryOf, type Signing, scopeOf, signatureOf, unsignedPayload } from "./Signature.ts"

export interface Presigning extends Signing {
  /** That the address is good for. */
  readonly seconds: number
  /** More of the query. */
  readonly query?: Readonly<Record<string, string>>
}

/** The address of a GET of what is at `path`, which is written as it is sent. */
export const presigned = (address: Address, path: string, signing: Presigning): string => {
  const { accessKeyId, query = {}, seconds, sessionToken } = signing
  const host = hostOf(address)
  const scope = scopeOf(signing)
  const text = queryOf({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${accessKeyId}/${scope.text}`,
    "X-Amz-Date": scope.time,
    "X-Amz-Expires": String(seconds),
    ...(sessionToken === undefined ? {} : { "X-Amz-Security-Token": sessionToken }),
    "X-Amz-SignedHeaders": "host",
    ...query
  })
  const canonical = ["GET", path, text, `host:${host}\n`, "host", unsignedPayload].join("\n")
  return `${address.protocol}//${host}${path}?${text}&X-Amz-Signature=${signatureOf(scope, canonical)}`
}
