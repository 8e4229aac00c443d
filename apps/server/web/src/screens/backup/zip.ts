/** What was chosen of a snapshot as one ZIP. */
import { addressOf } from "../../api/call.ts"
import { above, nameIn } from "../../words/placeText.ts"

/** A longer address is refused by servers and what stands in front of them. */
const longestAddress = 8000

/** Nothing where the chosen are too many for an address, or of several folders. `paths` are absolute; none means all of it. */
export const zipAddress = (repository: string, snapshot: string, paths: ReadonlyArray<string>): string | undefined => {
  const of = { repository, snapshot, archive: "zip" }
  if (paths.length <= 1) return addressOf("/snapshots/files", { ...of, file: paths[0] ?? "/" })
  const folders = new Set(paths.map((path) => above(path) ?? "/"))
  const [folder] = folders
  if (folder === undefined || folders.size > 1) return undefined
  const address = addressOf("/snapshots/files", { ...of, file: folder, only: paths.map(nameIn) })
  return address.length > longestAddress ? undefined : address
}
