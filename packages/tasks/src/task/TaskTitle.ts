/** A task as one sentence, the same in every face: `Sync /home/ann/Pictures → photos:my-bucket/pictures`. */
import type { JobType } from "@ourclone/jobs/JobKinds"

type Fields = Readonly<Record<string, unknown>>

const text = (fields: Fields, name: string): string => {
  const value = fields[name]
  return typeof value === "string" ? value : "?"
}

const texts = (fields: Fields, name: string): ReadonlyArray<string> => {
  const value = fields[name]
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : []
}

/** `a`, `a and b`, `a and 2 more`. */
const some = (names: ReadonlyArray<string>): string => {
  const [first = "?", second] = names
  if (second === undefined) return first
  return names.length === 2 ? `${first} and ${second}` : `${first} and ${names.length - 1} more`
}

const between = (verb: string) => (fields: Fields) =>
  `${verb} ${text(fields, "source")} → ${text(fields, "destination")}`
const of = (verb: string, name: string) => (fields: Fields) => `${verb} ${text(fields, name)}`
const ofRepository = (verb: string) => of(verb, "repository")

/** Names as a request's patterns say them: `/a.jpg`, `/2024/**`. */
const removed = (fields: Fields): string => {
  const names = texts(fields, "include").map((pattern) => pattern.replace(/^\//, "").replace(/\/\*\*$/, "/"))
  return names.length === 0 ? text(fields, "path") : `${some(names)} in ${text(fields, "path")}`
}

const sentences: { readonly [Kind in JobType | "undo"]: (fields: Fields) => string } = {
  copy: between("Copy"),
  move: between("Move"),
  rcat: of("Store what was piped in as", "destination"),
  sync: between("Sync"),
  bisync: (fields) => `Sync both ways ${text(fields, "first")} ↔ ${text(fields, "second")}`,
  check: between("Compare"),
  remove: (fields) => `Delete ${removed(fields)}`,
  removeOldVersions: of("Delete old versions in", "path"),
  undelete: of("Bring back", "path"),
  undo: of("Undo task", "task"),
  mkdir: of("Make folder", "path"),
  createBucket: of("Create bucket", "bucket"),
  removeBucket: of("Remove bucket", "bucket"),
  setLifecycle: of("Set rules of", "bucket"),
  updateBucket: of("Change bucket", "bucket"),
  touch: of("Set the time of", "path"),
  removeKey: of("Remove key", "id"),
  cleanup: of("Clean up", "path"),
  cancelUnfinished: of("Cancel unfinished files in", "path"),
  testRemote: of("Test", "remote"),
  mount: (fields) => `Mount ${text(fields, "path")} at ${text(fields, "point")}`,
  mountSnapshots: (fields) => `Mount snapshots of ${text(fields, "repository")} at ${text(fields, "point")}`,
  serveWebdav: of("Serve over WebDAV", "path"),
  serveHttp: of("Serve over HTTP", "path"),
  serveRestic: of("Serve to restic", "path"),
  unmount: of("Unmount", "point"),
  flushMount: of("Send what waits in", "point"),
  backup: (fields) => `Back up ${some(texts(fields, "paths"))} → ${text(fields, "repository")}`,
  restore: (fields) =>
    `Restore ${text(fields, "snapshot")} of ${text(fields, "repository")} → ${text(fields, "target")}`,
  init: ofRepository("Make repository"),
  forget: ofRepository("Forget snapshots of"),
  prune: ofRepository("Prune"),
  checkRepository: ofRepository("Check"),
  migrate: ofRepository("Migrate"),
  cleanCache: () => "Clean up copies of repositories",
  recover: ofRepository("Recover lost folders of"),
  repairIndex: ofRepository("Repair the index of"),
  repairPacks: ofRepository("Repair packs of"),
  repairSnapshots: ofRepository("Repair snapshots of"),
  copySnapshots: (fields) => `Copy snapshots ${text(fields, "fromRepository")} → ${text(fields, "repository")}`,
  drill: ofRepository("Drill"),
  keyAdd: ofRepository("Add a key to"),
  keyRemove: ofRepository("Remove a key of"),
  keyPassword: ofRepository("Change the password of"),
  tag: ofRepository("Tag snapshots of"),
  rewrite: ofRepository("Rewrite snapshots of"),
  unlock: ofRepository("Unlock")
}

/** Also of a kind that this program does not know, by its name. */
export const titleOf = ({ kind, request }: { readonly kind: string; readonly request: unknown }): string => {
  const fields = typeof request === "object" && request !== null ? (request as Fields) : {}
  return Object.hasOwn(sentences, kind) ? sentences[kind as keyof typeof sentences](fields) : kind
}
