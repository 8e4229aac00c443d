/** The JSON text of a file version, as every call that speaks of one returns it. */
import type { Account } from "./Account.ts"
import type { Key } from "./Key.ts"
import type { ListingPage } from "./ListingPage.ts"
import type { Encryption, Part, Version } from "./Version.ts"

export const encryptionText = (encryption: Encryption): string => {
  if (encryption.mode === null) return '{"algorithm":null,"mode":null}'
  const customer = encryption.mode === "SSE-C" ? `"customerKeyMd5":"${encryption.keyMd5}",` : ""
  return `{"algorithm":"AES256",${customer}"mode":"${encryption.mode}"}`
}

const hiddenFromKey = '{"isClientAuthorizedToRead":false,"value":null}'

const retentionText = (version: Version): string => {
  const mode = version.retention === null ? "null" : `"${version.retention.mode}"`
  const until = version.retention?.retainUntilTimestamp ?? null
  return `{"isClientAuthorizedToRead":true,"value":{"mode":${mode},"retainUntilTimestamp":${until}}}`
}

const legalHoldText = (version: Version): string =>
  `{"isClientAuthorizedToRead":true,"value":${version.legalHold === null ? "null" : `"${version.legalHold}"`}}`

const infoText = (info: Readonly<Record<string, string>>): string => {
  for (const _ in info) return JSON.stringify(info)
  return "{}"
}

/** Whether the key sees all there is to see of a file, so that its row is the one that is cached. */
const seesAll = (key: Key): boolean => key.readsRetention && key.readsLegalHold

/** The row up to its end, which depends on the API version. */
const openRow = (accountId: string, version: Version, key: Key, action: string): string => {
  const lock =
    version.action === "hide"
      ? ""
      : `"fileRetention":${key.readsRetention ? retentionText(version) : hiddenFromKey},` +
        `"legalHold":${key.readsLegalHold ? legalHoldText(version) : hiddenFromKey},` +
        `"serverSideEncryption":${encryptionText(version.encryption)},`
  const replication = version.replication ? `"replicationStatus":"${version.replication}",` : ""
  return (
    `{"accountId":"${accountId}","action":"${action}","bucketId":"${version.bucket.bucketId}",` +
    `"contentLength":${version.size},"contentMd5":${version.md5 === null ? "null" : `"${version.md5}"`},` +
    `"contentSha1":"${version.sha1}","contentType":${JSON.stringify(version.contentType)},` +
    `"fileId":"${version.fileId}","fileInfo":${infoText(version.fileInfo)},` +
    `"fileName":${JSON.stringify(version.name)},${lock}${replication}"uploadTimestamp":${version.timestamp}`
  )
}

const rowEnd = (version: Version, apiVersion: number): string => (apiVersion === 1 ? `,"size":${version.size}}` : "}")

/** `action` replaces the version's own, which only the reply of a copy does. Version 1 also says `size`. */
export const fileRow = (
  accountId: string,
  version: Version,
  key: Key,
  apiVersion: number,
  action: string = version.action
): string => openRow(accountId, version, key, action) + rowEnd(version, apiVersion)

/** The same for a version that was just uploaded, kept for the listings to come. */
export const newFileRow = (account: Account, version: Version, key: Key, apiVersion: number): string => {
  const row = openRow(account.accountId, version, key, version.action)
  if (seesAll(key)) version.row = account.rows.add(row)
  return row + rowEnd(version, apiVersion)
}

/** Adds the row of a version to a page. */
export const addFileRow = (
  page: ListingPage,
  accountId: string,
  version: Version,
  key: Key,
  apiVersion: number
): void => {
  if (version.row !== null && seesAll(key)) page.addCached(version.row, rowEnd(version, apiVersion))
  else page.add(fileRow(accountId, version, key, apiVersion))
}

export const folderRow = (accountId: string, bucketId: string, name: string, apiVersion: number): string =>
  `{"accountId":"${accountId}","action":"folder","bucketId":"${bucketId}","contentLength":0,"contentMd5":null,` +
  `"contentSha1":null,"contentType":null,"fileId":null,"fileInfo":{},"fileName":${JSON.stringify(name)},` +
  `${apiVersion === 1 ? '"size":0,' : ""}"uploadTimestamp":0}`

export const partRow = (fileId: string, part: Part, encryption: Encryption): string =>
  `{"contentLength":${part.size},"contentMd5":${part.md5 === null ? "null" : `"${part.md5}"`},` +
  `"contentSha1":"${part.sha1}","fileId":"${fileId}","partNumber":${part.number},` +
  `"serverSideEncryption":${encryptionText(encryption)},"uploadTimestamp":${part.timestamp}}`
