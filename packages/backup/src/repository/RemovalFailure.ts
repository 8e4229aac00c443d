/** Something that could not be removed, as it is told; what is left of it is no harm. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { Fact } from "@ourclone/core/events/RunEvent"
import type { RepositoryError } from "./RepositoryError.ts"

export const notRemoved = (item: string, error: StorageError | RepositoryError): Fact => {
  const isRetryable = error._tag === "StorageError" && error.isRetryable
  const advice = error._tag === "RepositoryError" && error.remedy !== undefined ? { remedy: error.remedy } : {}
  return { _tag: "Failed", failure: { code: "NotRemoved", item, message: error.message, isRetryable, ...advice } }
}
