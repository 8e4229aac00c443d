/** The JSON operations by name, and which of them may also be called by GET. */
import { createBucket, deleteBucket, listBuckets, updateBucket } from "./Buckets.ts"
import type { Operation } from "./Call.ts"
import { copyFile, copyPart } from "./Copy.ts"
import { getDownloadAuthorization } from "./DownloadAuthorization.ts"
import { deleteFileVersion, getFileInfo, hideFile } from "./Files.ts"
import { createKey, deleteKey, listKeys } from "./Keys.ts"
import { cancelLargeFile, finishLargeFile, listParts, listUnfinishedLargeFiles, startLargeFile } from "./LargeFiles.ts"
import { listFileNames, listFileVersions } from "./Listing.ts"
import { getNotificationRules, setNotificationRules } from "./Notifications.ts"
import { updateFileLegalHold, updateFileRetention } from "./ObjectLock.ts"

export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    b2_cancel_large_file: cancelLargeFile,
    b2_copy_file: copyFile,
    b2_copy_part: copyPart,
    b2_create_bucket: createBucket,
    b2_create_key: createKey,
    b2_delete_bucket: deleteBucket,
    b2_delete_file_version: deleteFileVersion,
    b2_delete_key: deleteKey,
    b2_finish_large_file: finishLargeFile,
    b2_get_bucket_notification_rules: getNotificationRules,
    b2_get_download_authorization: getDownloadAuthorization,
    b2_get_file_info: getFileInfo,
    b2_hide_file: hideFile,
    b2_list_buckets: listBuckets,
    b2_list_file_names: listFileNames,
    b2_list_file_versions: listFileVersions,
    b2_list_keys: listKeys,
    b2_list_parts: listParts,
    b2_list_unfinished_large_files: listUnfinishedLargeFiles,
    b2_set_bucket_notification_rules: setNotificationRules,
    b2_start_large_file: startLargeFile,
    b2_update_bucket: updateBucket,
    b2_update_file_legal_hold: updateFileLegalHold,
    b2_update_file_retention: updateFileRetention
  })
)

/** Calls that only read may be made by GET, with the fields in the query. */
export const isReadOnly = (operation: string): boolean =>
  operation.startsWith("b2_list_") || operation.startsWith("b2_get_")
