/** Fields that say which state of a storage is meant, where it is not as it is. */
import { text, whole } from "../kind/RequestFields.ts"

export const moment = {
  at: whole("The storage as it was then, in milliseconds since 1970 UTC, as far as old versions are kept")
}
export const oneVersion = { versionId: text("One version of the file, by its id, rather than the newest") }
