/** What the head of an answer says of an object, in the fields of the library. */
import type { GetObjectCommandOutput } from "@aws-sdk/client-s3"
import { type Headers, header } from "@ourclone/http/HttpMessage"

export type ObjectHead = Pick<
  GetObjectCommandOutput,
  | "CacheControl"
  | "ContentDisposition"
  | "ContentEncoding"
  | "ContentLanguage"
  | "ContentLength"
  | "ContentRange"
  | "ContentType"
  | "ETag"
  | "ExpiresString"
  | "LastModified"
  | "Metadata"
  | "ServerSideEncryption"
  | "SSECustomerAlgorithm"
  | "VersionId"
>

const prefix = "x-amz-meta-"

const metadataOf = (headers: Headers): Record<string, string> => {
  const found: Record<string, string> = {}
  for (const name in headers) {
    if (!name.startsWith(prefix)) continue
    const value = headers[name]
    found[name.slice(prefix.length)] = typeof value === "object" ? value.join(", ") : (value ?? "")
  }
  return found
}

const dateOf = (text: string | undefined): Date | undefined => {
  const millis = Date.parse(text ?? "")
  return Number.isNaN(millis) ? undefined : new Date(millis)
}

export const objectHead = (headers: Headers): ObjectHead => {
  const length = header(headers, "content-length")
  return {
    CacheControl: header(headers, "cache-control"),
    ContentDisposition: header(headers, "content-disposition"),
    ContentEncoding: header(headers, "content-encoding"),
    ContentLanguage: header(headers, "content-language"),
    ContentLength: length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined,
    ContentRange: header(headers, "content-range"),
    ContentType: header(headers, "content-type"),
    ETag: header(headers, "etag"),
    ExpiresString: header(headers, "expires"),
    LastModified: dateOf(header(headers, "last-modified")),
    Metadata: metadataOf(headers),
    ServerSideEncryption: header(headers, "x-amz-server-side-encryption") as ObjectHead["ServerSideEncryption"],
    SSECustomerAlgorithm: header(headers, "x-amz-server-side-encryption-customer-algorithm"),
    VersionId: header(headers, "x-amz-version-id")
  }
}
