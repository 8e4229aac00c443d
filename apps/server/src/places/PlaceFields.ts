/** Which fields of requests name places. A field that is not known here is refused: `PlaceFields.test.ts` asks for each. */

/** As somebody would type it: a remote's path, a path of this machine, a repository's name. */
const places = new Set([
  "source",
  "destination",
  "backupDir",
  "compareDest",
  "copyDest",
  "first",
  "second",
  "path",
  "repository",
  "fromRepository",
  "copyChunkerFrom",
  "remote",
  "bucket"
])
/** Of this machine in any case. */
const localPaths = new Set(["target", "temporary", "directory", "paths", "point", "watch"])
const byCommand = "a server of a mount is started by the command line only"
/** What may not come from elsewhere: bytes that are no text, input beside the request, where copies are kept. */
const refused = new Map([
  ["rawPaths", "paths that are not UTF-8 are backed up by the command line only"],
  ["stdinFilename", "what is piped in is backed up by the command line only"],
  ["cacheDirectory", "the service keeps its copies where it was told to"],
  ["address", byCommand],
  ["hostNames", byCommand],
  ["certificate", byCommand],
  ["certificateKey", byCommand]
])

/** Nothing of the storage or the machine is named by these; `path` and `host` as lists choose snapshots. */
export const harmless: ReadonlySet<string> = new Set([
  // The places of that task are looked at as well.
  "task",
  // Of a part of a transfer.
  "after",
  "upTo",
  "door",
  "fsync",
  "retention",
  "encryption",
  "info",
  "corsRules",
  "name",
  "purpose",
  "algorithm",
  "suffix",
  "orderBy",
  "trackRenamesStrategy",
  "sort",
  "cutoffMode",
  "maxTransfer",
  "include",
  "exclude",
  "iinclude",
  "iexclude",
  "filter",
  "includeFrom",
  "excludeFrom",
  "filterFrom",
  "filesFrom",
  "minSize",
  "maxSize",
  "minAge",
  "maxAge",
  "bwlimit",
  "whenBusy",
  "versionId",
  "confirm",
  "prefix",
  "keyHint",
  "host",
  "tag",
  "ids",
  "snapshot",
  "folders",
  "patterns",
  "blobs",
  "trees",
  "packs",
  "mode",
  "headerUpload",
  "includeXattr",
  "excludeXattr",
  "from",
  "to",
  "file",
  "only",
  "archive",
  "newHost",
  "object",
  "objects",
  "groupBy",
  "parent",
  "compression",
  "excludeIfPresent",
  "readDataSubset",
  "seed",
  "user",
  "id",
  "set",
  "add",
  "remove",
  "overwrite",
  "maxUnused",
  "maxRepackSize",
  "repackSmallerThan",
  "keepLast",
  "keepHourly",
  "keepDaily",
  "keepWeekly",
  "keepMonthly",
  "keepYearly",
  "keepTag",
  "keepWithin",
  "keepWithinHourly",
  "keepWithinDaily",
  "keepWithinWeekly",
  "keepWithinMonthly",
  "keepWithinYearly"
])

/** Options of remotes that are another remote's place, and those that are files of this machine. */
const placeOptions = new Set(["remote"])
const fileOptions = new Set(["keyFile", "knownHosts", "agent", "caFile"])
/** Of `knownHosts`: any host is believed, by no file. */
const noFile = "none"

interface NamedOption {
  readonly field: string
  readonly text: string
  readonly isPlace: boolean
}

/** What options of a remote of that type name. A folder to be in is one of this machine for the type that is this machine. */
export const optionsNaming = (type: string, options: Readonly<Record<string, unknown>>): ReadonlyArray<NamedOption> =>
  Object.entries(options).flatMap(([field, text]): ReadonlyArray<NamedOption> => {
    if (typeof text !== "string" || text === "") return []
    if (placeOptions.has(field)) return [{ field, text, isPlace: true }]
    const isFile = (fileOptions.has(field) && text !== noFile) || (field === "dir" && type === "local")
    return isFile ? [{ field, text, isPlace: false }] : []
  })

export type Named =
  | { readonly _tag: "Place"; readonly field: string; readonly text: string }
  | { readonly _tag: "Local"; readonly field: string; readonly path: string }
  | { readonly _tag: "Refused"; readonly field: string; readonly message: string }

export const isKnown = (field: string): boolean =>
  places.has(field) || localPaths.has(field) || refused.has(field) || harmless.has(field)

const holdsText = (value: unknown): boolean =>
  typeof value === "string" || (Array.isArray(value) && value.some((one) => typeof one === "string"))

/** Texts of the request that name something, in its order. */
export const namedBy = (request: unknown): ReadonlyArray<Named> => {
  if (typeof request !== "object" || request === null) return []
  return Object.entries(request).flatMap(([field, value]): ReadonlyArray<Named> => {
    const message = refused.get(field)
    if (message !== undefined) return [{ _tag: "Refused", field, message }]
    if (typeof value === "string" && places.has(field)) return [{ _tag: "Place", field, text: value }]
    if (holdsText(value) && !isKnown(field)) {
      return [{ _tag: "Refused", field, message: "nothing is known of what it names" }]
    }
    if (!localPaths.has(field)) return []
    const texts = Array.isArray(value) ? value : [value]
    return texts.flatMap((path) => (typeof path === "string" ? [{ _tag: "Local" as const, field, path }] : []))
  })
}
