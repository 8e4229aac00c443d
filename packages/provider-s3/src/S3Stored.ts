/** What every request says of how objects are kept, and what an answer says of one. */
import { createHash } from "node:crypto"
import type { Checksums, DatedFile } from "@ourclone/core/contract/Entry"
import type { PutOptions } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import * as Redacted from "effect/Redacted"
import type { ObjectHead } from "./api/ObjectHead.ts"
import * as ObjectMetadata from "./api/ObjectMetadata.ts"
import type { Quirks } from "./api/Quirks.ts"
import { modifiedAtOf, timeMetadata } from "./api/StoredTime.ts"
import type { S3Options } from "./S3Options.ts"

type Kept = Partial<
  Pick<S3Options, "storageClass" | "serverSideEncryption" | "kmsKeyId" | "customerKey" | "requesterPays">
>

/** Parameters of requests, by what is asked. */
export interface StoredAs {
  /** Of all requests about objects. */
  readonly always: { readonly RequestPayer?: "requester" }
  /** Of those that need the key of the object's bytes, if only to look at it. */
  readonly key: {
    readonly SSECustomerAlgorithm?: "AES256"
    readonly SSECustomerKey?: string
    readonly SSECustomerKeyMD5?: string
  }
  /** The same, of the source of a copy. */
  readonly sourceKey: {
    readonly CopySourceSSECustomerAlgorithm?: "AES256"
    readonly CopySourceSSECustomerKey?: string
    readonly CopySourceSSECustomerKeyMD5?: string
  }
  /** Of those that make an object. */
  readonly made: {
    readonly ServerSideEncryption?: "AES256" | "aws:kms"
    readonly SSEKMSKeyId?: string
    readonly StorageClass?: "STANDARD"
  }
  /** Whether ETags of what is stored so can be MD5s. */
  readonly hidesMd5: boolean
}

export const storedAs = (options: Kept): StoredAs => {
  const { customerKey, kmsKeyId, requesterPays, serverSideEncryption, storageClass } = options
  const key = customerKey === undefined ? undefined : Redacted.value(customerKey)
  const keyMd5 = key === undefined ? "" : createHash("md5").update(Buffer.from(key, "base64")).digest("base64")
  return {
    always: requesterPays === true ? { RequestPayer: "requester" } : {},
    key: key === undefined ? {} : { SSECustomerAlgorithm: "AES256", SSECustomerKey: key, SSECustomerKeyMD5: keyMd5 },
    sourceKey:
      key === undefined
        ? {}
        : {
            CopySourceSSECustomerAlgorithm: "AES256",
            CopySourceSSECustomerKey: key,
            CopySourceSSECustomerKeyMD5: keyMd5
          },
    made: {
      ...(serverSideEncryption === undefined ? {} : { ServerSideEncryption: serverSideEncryption }),
      ...(kmsKeyId === undefined ? {} : { SSEKMSKeyId: kmsKeyId }),
      ...(storageClass === undefined ? {} : { StorageClass: storageClass as "STANDARD" })
    },
    hidesMd5: key !== undefined || serverSideEncryption === "aws:kms"
  }
}

export const etagText = (etag: string | undefined): string | undefined => etag?.replace(/^W\//, "").replaceAll('"', "")

/** Where the ETag of `size` bytes is their MD5. That of an object in parts is not. */
export const md5OfEtag = (etag: string | undefined, { etagIsMd5 }: Quirks): string | undefined => {
  const text = etagText(etag)
  return etagIsMd5 && text !== undefined && /^[0-9a-f]{32}$/.test(text) ? text : undefined
}

const sha1Pattern = /^[0-9a-f]{40}$/

/** Digests that whoever stored the object noted. */
const notedChecksums = (metadata: { readonly [name: string]: string }): Checksums => {
  const sha1 = metadata["ourclone-sha1"] ?? metadata.large_file_sha1
  const md5 = Buffer.from(metadata.md5chksum ?? "", "base64")
  return {
    ...(sha1 !== undefined && sha1Pattern.test(sha1) ? { sha1 } : {}),
    ...(md5.length === 16 ? { md5: md5.toString("hex") } : {})
  }
}

export const fileOfHead = (head: ObjectHead, path: RemotePath, quirks: Quirks): DatedFile => {
  const metadata = head.Metadata ?? {}
  const isHidden = head.ServerSideEncryption?.startsWith("aws:kms") === true || head.SSECustomerAlgorithm !== undefined
  const md5 = isHidden ? undefined : md5OfEtag(head.ETag, quirks)
  const noted = notedChecksums(metadata)
  const own = ObjectMetadata.ofHeaders(metadata)
  const etag = etagText(head.ETag)
  const isNoted = noted.sha1 !== undefined || (noted.md5 !== undefined && md5 === undefined)
  return {
    _tag: "File",
    path,
    size: head.ContentLength ?? 0,
    modifiedAt: modifiedAtOf(metadata) ?? head.LastModified?.getTime() ?? 0,
    checksums: { ...noted, ...(md5 === undefined ? {} : { md5 }) },
    ...(isNoted ? { hasNotedChecksums: true } : {}),
    contentType: head.ContentType ?? "application/octet-stream",
    ...(own === undefined ? {} : { metadata: own }),
    ...(head.VersionId === undefined || head.VersionId === "null" ? {} : { versionId: head.VersionId }),
    ...(etag === undefined ? {} : { identity: etag })
  }
}

/** What is kept with an object beside its bytes. */
export const metadataOf = (
  options: Pick<PutOptions, "modifiedAt" | "metadata">,
  quirks: Quirks,
  sha1?: string | undefined
): Record<string, string> => ({
  ...ObjectMetadata.toHeaders(options.metadata),
  ...timeMetadata(options.modifiedAt, quirks.isB2),
  ...(sha1 === undefined ? {} : { [quirks.isB2 ? "large_file_sha1" : "ourclone-sha1"]: sha1 })
})
