/** `b2_get_file_info`, `b2_hide_file` and `b2_delete_file_version`. */

import type { Account } from "./Account.ts"
import { currentVersion } from "./Account.ts"
import type { Bucket } from "./Bucket.ts"
import { type Operation, reachBucket, reachFile } from "./Call.ts"
import { ApiError, fileNotPresent } from "./Errors.ts"
import { requiredString } from "./Fields.ts"
import { fileRow } from "./FileRow.ts"
import { checkDeletable } from "./ObjectLock.ts"
import { emptyMd5, emptySha1, hideMarkerType, makeFileId, noEncryption, type Version } from "./Version.ts"

export const getFileInfo: Operation = (call) => {
  const fileId = requiredString(call.fields, "fileId")
  call.key.mustHave("readFiles")
  return fileRow(call.account.accountId, reachFile(call, fileId), call.key, call.apiVersion)
}

/** Puts a hide marker on top of the name's versions. */
export const addHideMarker = (account: Account, bucket: Bucket, name: string): Version => {
  const timestamp = account.timestampFor(bucket, name)
  const sequence = account.nextSequence()
  const marker: Version = {
    fileId: makeFileId(bucket.bucketId, "1", sequence, timestamp),
    bucket,
    name,
    action: "hide",
    size: 0,
    contentType: hideMarkerType,
    sha1: emptySha1,
    md5: emptyMd5,
    fileInfo: {},
    timestamp,
    sequence,
    encryption: noEncryption,
    retention: null,
    legalHold: null,
    content: [],
    parts: null,
    replication: null,
    row: null
  }
  account.addVersion(marker)
  return marker
}

export const hideFile: Operation = (call) => {
  const bucketId = requiredString(call.fields, "bucketId")
  const name = requiredString(call.fields, "fileName")
  call.key.mustHave("writeFiles")
  const bucket = reachBucket(call, bucketId)
  call.key.mustReachName(name)
  const entry = bucket.names.get(name)
  const current = entry === undefined ? undefined : currentVersion(entry)
  if (current === undefined) throw new ApiError(400, "no_such_file", `No such file: ${name}`)
  if (current.action === "hide") throw new ApiError(400, "already_hidden", `File already hidden: ${name}`)
  return fileRow(call.account.accountId, addHideMarker(call.account, bucket, name), call.key, call.apiVersion)
}

export const deleteFileVersion: Operation = (call) => {
  const fileName = requiredString(call.fields, "fileName")
  const fileId = requiredString(call.fields, "fileId")
  call.key.mustHave("deleteFiles")
  const version = call.account.files.get(fileId)
  if (version === undefined) throw fileNotPresent(fileName)
  call.key.mustReachBucket(version.bucket.bucketId)
  call.key.mustReachName(version.name)
  if (version.name !== fileName) throw fileNotPresent(fileName)
  checkDeletable(call, version)
  call.account.removeVersion(version)
  return JSON.stringify({ fileId, fileName })
}
