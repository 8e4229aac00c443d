/** The file in which Backblaze's command line tool keeps the key that it was given. */
import { DatabaseSync } from "node:sqlite"
import * as Redacted from "effect/Redacted"
import { ImportError, type Imported } from "./Imported.ts"

/** What an SQLite file begins with. */
export const magic = "SQLite format 3\0"

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

/** The tokens in the file are left where they are. Throws an `ImportError` when it is another file. */
export const fromB2Account = (path: string): Imported => {
  const database = new DatabaseSync(path, { readOnly: true })
  let row: Record<string, unknown> | undefined
  try {
    row = database.prepare("select * from account limit 1").get() as Record<string, unknown> | undefined
  } catch (error) {
    throw new ImportError(
      `it is no account file of the b2 command line tool: ${error instanceof Error ? error.message : error}`
    )
  } finally {
    database.close()
  }
  // Older files know the account's id only.
  const keyId = text(row?.account_id_or_app_key_id) ?? text(row?.account_id)
  const key = text(row?.application_key)
  if (keyId === undefined || key === undefined) {
    return { program: "b2", remotes: [], refused: [{ name: "b2", because: "nobody is signed in there" }] }
  }
  const realm = text(row?.realm)
  const endpoint = realm?.includes("://") === true ? { endpoint: realm } : {}
  const options = { keyId, applicationKey: Redacted.make(key), ...endpoint }
  return { program: "b2", remotes: [{ name: "b2-account", type: "b2", options, notes: [] }], refused: [] }
}
