/** The fields each JSON call takes. B2 refuses a request with any other, so a misspelt field never passes unnoticed. */
import { badJson } from "./Errors.ts"
import type { Fields } from "./Fields.ts"

interface Shape {
  readonly [field: string]: Kind
}
/** `map` holds names of the caller's own choice; a shape is an object or a list of objects. */
type Kind = "string" | "integer" | "boolean" | "strings" | "map" | Shape

const encryption: Shape = { mode: "string", algorithm: "string", customerKey: "string", customerKeyMd5: "string" }
const fileRetention: Shape = { mode: "string", retainUntilTimestamp: "integer" }
const sourceEncryption: Shape = { sourceServerSideEncryption: encryption, destinationServerSideEncryption: encryption }

const bucketSettings: Shape = {
  accountId: "string",
  bucketType: "string",
  bucketInfo: "map",
  corsRules: {
    corsRuleName: "string",
    allowedOrigins: "strings",
    allowedOperations: "strings",
    allowedHeaders: "strings",
    exposeHeaders: "strings",
    maxAgeSeconds: "integer"
  },
  defaultRetention: { mode: "string", period: { duration: "integer", unit: "string" } },
  defaultServerSideEncryption: encryption,
  fileLockEnabled: "boolean",
  lifecycleRules: {
    fileNamePrefix: "string",
    daysFromUploadingToHiding: "integer",
    daysFromHidingToDeleting: "integer",
    daysFromStartingToCancelingUnfinishedLargeFiles: "integer"
  },
  replicationConfiguration: {
    asReplicationSource: {
      sourceApplicationKeyId: "string",
      replicationRules: {
        destinationBucketId: "string",
        fileNamePrefix: "string",
        includeExistingFiles: "boolean",
        isEnabled: "boolean",
        priority: "integer",
        replicationRuleName: "string"
      }
    },
    asReplicationDestination: { sourceToDestinationKeyMapping: "map" }
  }
}

const headerOverrides: Shape = {
  b2ContentDisposition: "string",
  b2ContentLanguage: "string",
  b2Expires: "string",
  b2CacheControl: "string",
  b2ContentEncoding: "string",
  b2ContentType: "string"
}

const listing: Shape = {
  bucketId: "string",
  startFileName: "string",
  maxFileCount: "integer",
  prefix: "string",
  delimiter: "string"
}

const key: Shape = {
  accountId: "string",
  capabilities: "strings",
  keyName: "string",
  validDurationInSeconds: "integer",
  namePrefix: "string"
}

const shapes: Readonly<Record<string, Shape>> = {
  b2_cancel_large_file: { fileId: "string" },
  b2_copy_file: {
    ...sourceEncryption,
    sourceFileId: "string",
    destinationBucketId: "string",
    fileName: "string",
    range: "string",
    metadataDirective: "string",
    contentType: "string",
    fileInfo: "map",
    fileRetention,
    legalHold: "string"
  },
  b2_copy_part: {
    ...sourceEncryption,
    sourceFileId: "string",
    largeFileId: "string",
    partNumber: "integer",
    range: "string"
  },
  b2_create_bucket: { ...bucketSettings, bucketName: "string" },
  b2_create_key: { ...key, bucketId: "string" },
  b2_delete_bucket: { accountId: "string", bucketId: "string" },
  b2_delete_file_version: { fileName: "string", fileId: "string", bypassGovernance: "boolean" },
  b2_delete_key: { applicationKeyId: "string" },
  b2_download_file_by_id: { ...headerOverrides, fileId: "string" },
  b2_finish_large_file: { fileId: "string", partSha1Array: "strings" },
  b2_get_bucket_notification_rules: { bucketId: "string" },
  b2_get_download_authorization: {
    ...headerOverrides,
    bucketId: "string",
    fileNamePrefix: "string",
    validDurationInSeconds: "integer"
  },
  b2_get_file_info: { fileId: "string" },
  b2_get_upload_part_url: { fileId: "string" },
  b2_get_upload_url: { bucketId: "string" },
  b2_hide_file: { bucketId: "string", fileName: "string" },
  b2_list_buckets: { accountId: "string", bucketId: "string", bucketName: "string", bucketTypes: "strings" },
  b2_list_file_names: listing,
  b2_list_file_versions: { ...listing, startFileId: "string" },
  b2_list_keys: { accountId: "string", maxKeyCount: "integer", startApplicationKeyId: "string" },
  b2_list_parts: { fileId: "string", startPartNumber: "integer", maxPartCount: "integer" },
  b2_list_unfinished_large_files: {
    bucketId: "string",
    namePrefix: "string",
    startFileId: "string",
    maxFileCount: "integer"
  },
  b2_set_bucket_notification_rules: {
    bucketId: "string",
    eventNotificationRules: {
      name: "string",
      eventTypes: "strings",
      isEnabled: "boolean",
      objectNamePrefix: "string",
      maxEventsPerBatch: "integer",
      targetConfiguration: {
        targetType: "string",
        url: "string",
        hmacSha256SigningSecret: "string",
        customHeaders: { name: "string", value: "string" }
      }
    }
  },
  b2_start_large_file: {
    bucketId: "string",
    fileName: "string",
    contentType: "string",
    fileInfo: "map",
    fileRetention,
    legalHold: "string",
    serverSideEncryption: encryption,
    customUploadTimestamp: "string",
    // Backblaze's own Python client spells it so.
    custom_upload_timestamp: "string"
  },
  b2_update_bucket: { ...bucketSettings, bucketId: "string", ifRevisionIs: "integer" },
  b2_update_file_legal_hold: { fileName: "string", fileId: "string", legalHold: "string" },
  b2_update_file_retention: { fileName: "string", fileId: "string", fileRetention, bypassGovernance: "boolean" }
}

/** Version 4 speaks of the buckets of a key, the others of its only one. */
const keyOfSeveralBuckets: Shape = { ...key, bucketIds: "strings" }

const shapeOf = (operation: string, apiVersion: number): Shape =>
  operation === "b2_create_key" && apiVersion === 4 ? keyOfSeveralBuckets : (shapes[operation] ?? {})

const check = (operation: string, shape: Shape, value: object): void => {
  for (const [name, inner] of Object.entries(value)) {
    const kind = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (kind === undefined) throw badJson(`unknown field in ${operation}: ${name}`)
    if (typeof kind === "string" || typeof inner !== "object" || inner === null) continue
    for (const item of Array.isArray(inner) ? inner : [inner]) {
      if (typeof item === "object" && item !== null) check(operation, kind, item)
    }
  }
}

/** Fails with 400 `bad_json` when the request has a field, at any depth, that the call does not know. */
export const checkFields = (operation: string, apiVersion: number, fields: Fields): Fields => {
  check(operation, shapeOf(operation, apiVersion), fields)
  return fields
}

const typed = (kind: Kind | undefined, text: string): unknown => {
  if (kind === "integer" && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (kind === "boolean" && /^(?:true|false)$/.test(text)) return text === "true"
  return kind === "strings" ? text.split(",") : text
}

/** The fields of a call by GET: a query has only text, in which a list is joined by commas. */
export const fieldsOfQuery = (
  operation: string,
  apiVersion: number,
  query: Readonly<Record<string, string>>
): Fields => {
  const shape = shapeOf(operation, apiVersion)
  checkFields(operation, apiVersion, query)
  return Object.fromEntries(Object.entries(query).map(([name, text]) => [name, typed(shape[name], text)]))
}
