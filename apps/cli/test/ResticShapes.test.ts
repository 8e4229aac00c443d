/** What commands print with `--json`, field by field, as restic 0.19 prints it. */
import * as fs from "node:fs"
import { expect, test } from "vitest"
import { jsonLines, withRepository } from "./RepositoryCli.ts"

type Kind = "number" | "text" | "list" | "object" | "flag" | "null"
/** Without what restic may leave out. */
type Shape = Readonly<Record<string, Kind>>

const kindOf = (value: unknown): Kind => {
  if (value === null) return "null"
  if (Array.isArray(value)) return "list"
  if (typeof value === "string") return "text"
  if (typeof value === "boolean") return "flag"
  return typeof value === "number" ? "number" : "object"
}

const fieldsOf = (kind: Kind, names: string): Shape => Object.fromEntries(names.split(" ").map((name) => [name, kind]))

const message = { message_type: "text" } as const
const failure: Shape = { ...message, error: "object", ...fieldsOf("text", "during item") }

type Found = { [line: string]: unknown }

/** The last line of a type. */
const lineOf = (text: string, type: string, action?: string) =>
  jsonLines(text)
    .filter((line) => line.message_type === type && (action === undefined || line.action === action))
    .at(-1)

const gather = async (): Promise<Found> => {
  const found: Found = {}
  const { cli } = await withRepository()
  const run = (...words: ReadonlyArray<string>) => cli.run(...words, "--json")
  cli.write("from/same.txt", "same")
  cli.write("from/changing.txt", "one")
  const failed = await run("backup", "@/from", "@/nothing")
  found["backup: error"] = lineOf(failed.error, "error")
  const first = (await run("backup", "@/from", "--verbose")).out
  cli.write("from/changing.txt", "two!")
  cli.write("from/large.bin", Buffer.alloc(300_000, 7).toString("latin1"))
  const second = (await run("backup", "@/from", "--verbose", "--tag", "second")).out
  found["backup: scan_finished"] = lineOf(first, "verbose_status", "scan_finished")
  found["backup: a file"] = lineOf(second, "verbose_status", "new")
  found["backup: summary"] = lineOf(second, "summary")
  const refused = await cli.run("snapshots", "--json", "--repo", "@/none")
  found["a failure"] = lineOf(refused.error, "exit_error")
  const restored = (await run("restore", "latest", "--target", "@/back", "--verbose")).out
  found["restore: a file"] = lineOf(restored, "verbose_status", "restored")
  found["restore: summary"] = lineOf(restored, "summary")
  const listed = (await run("snapshot", "ls", "latest")).out
  found["ls: snapshot"] = lineOf(listed, "snapshot")
  found["ls: a file"] = lineOf(listed, "node")
  found["find: a match"] = JSON.parse((await run("snapshot", "find", "same.txt")).out)[0].matches[0]
  const [newest] = JSON.parse((await run("snapshots", "--latest", "1")).out)
  found.snapshots = newest
  found["find: a tree"] = JSON.parse((await run("snapshot", "find", "--tree", newest.tree)).out)[0]
  const diff = (await run("snapshot", "diff", "latest~1", "latest")).out
  found["diff: a change"] = lineOf(diff, "change")
  found["diff: statistics"] = lineOf(diff, "statistics")
  found["diff: one side"] = (lineOf(diff, "statistics") as { added: unknown }).added
  found.stats = JSON.parse((await run("repo", "stats", "--mode", "raw-data")).out)
  found["key list"] = JSON.parse((await run("repo", "key", "list")).out)[0]
  const tagged = (await run("snapshot", "tag", "--add", "more", "latest")).out
  found["tag: changed"] = lineOf(tagged, "changed")
  found["tag: summary"] = lineOf(tagged, "summary")
  found.check = lineOf((await run("repo", "check")).out, "summary")
  found.version = lineOf((await run("version")).out, "version")
  found.init = lineOf((await run("repo", "init", "--repo", "@/another")).out, "initialized")
  fs.rmSync(`${cli.folder}/from/large.bin`)
  const [groups, ...rest] = (await run("forget", "--keep-last", "1", "--prune", "--max-unused", "0")).out.split("\n")
  found["forget: a group"] = JSON.parse(groups!)[0]
  found["forget: a reason"] = JSON.parse(groups!)[0].reasons[0]
  const pruned = lineOf(rest.join("\n"), "summary") as Record<string, unknown>
  found["forget --prune"] = pruned
  for (const part of ["blobs", "bytes", "packfiles"]) found[`forget --prune: ${part}`] = pruned[part]
  found.prune = lineOf((await run("repo", "prune")).out, "summary")
  return found
}

let gathered: Promise<Found> | undefined
/** Run once, by the first test that looks. */
const all = () => {
  gathered ??= gather()
  return gathered
}

const summaryOfBackup = fieldsOf(
  "number",
  "files_new files_changed files_unmodified dirs_new dirs_changed dirs_unmodified data_blobs tree_blobs data_added data_added_packed total_files_processed total_bytes_processed total_duration"
)
const node: Shape = {
  ...fieldsOf("text", "name type path permissions mtime atime ctime message_type struct_type"),
  ...fieldsOf("number", "uid gid size mode inode")
}
const prune: Shape = { ...message, ...fieldsOf("object", "blobs bytes packfiles") }

const table: ReadonlyArray<readonly [what: string, shape: Shape]> = [
  [
    "backup: scan_finished",
    {
      ...message,
      ...fieldsOf("text", "action item"),
      ...fieldsOf("number", "duration data_size data_size_in_repo metadata_size metadata_size_in_repo total_files")
    }
  ],
  ["backup: a file", { ...message, ...fieldsOf("text", "action item"), data_size: "number" }],
  ["backup: error", failure],
  ["backup: summary", { ...message, ...summaryOfBackup, ...fieldsOf("text", "backup_start backup_end snapshot_id") }],
  ["a failure", { ...message, code: "number", message: "text" }],
  ["restore: a file", { ...message, ...fieldsOf("text", "action item"), size: "number" }],
  ["restore: summary", { ...message, ...fieldsOf("number", "total_files files_restored total_bytes bytes_restored") }],
  [
    "ls: snapshot",
    {
      ...fieldsOf("text", "message_type struct_type id short_id time tree hostname username"),
      paths: "list",
      tags: "list"
    }
  ],
  ["ls: a file", node],
  [
    "find: a match",
    {
      ...fieldsOf("text", "path permissions type mtime atime ctime"),
      ...fieldsOf("number", "mode uid gid inode device_id size links")
    }
  ],
  ["find: a tree", fieldsOf("text", "object_type id path snapshot time")],
  [
    "snapshots",
    {
      ...fieldsOf("text", "id short_id time tree hostname username program_version"),
      paths: "list",
      tags: "list",
      summary: "object"
    }
  ],
  ["diff: a change", { ...message, ...fieldsOf("text", "path modifier") }],
  [
    "diff: statistics",
    {
      ...message,
      ...fieldsOf("text", "source_snapshot target_snapshot"),
      changed_files: "number",
      added: "object",
      removed: "object"
    }
  ],
  ["diff: one side", fieldsOf("number", "files dirs others data_blobs tree_blobs bytes")],
  [
    "stats",
    fieldsOf(
      "number",
      "total_size total_uncompressed_size compression_ratio compression_progress compression_space_saving total_blob_count snapshots_count"
    )
  ],
  ["key list", { current: "flag", ...fieldsOf("text", "id userName hostName created") }],
  ["tag: changed", { ...message, ...fieldsOf("text", "old_snapshot_id new_snapshot_id") }],
  ["tag: summary", { ...message, changed_snapshots: "number" }],
  [
    "check",
    { ...message, num_errors: "number", broken_packs: "null", suggest_repair_index: "flag", suggest_prune: "flag" }
  ],
  ["version", { ...message, ...fieldsOf("text", "version go_version go_os go_arch") }],
  ["init", { ...message, ...fieldsOf("text", "id repository") }],
  ["forget: a group", { tags: "null", host: "text", ...fieldsOf("list", "paths keep remove reasons") }],
  ["forget: a reason", { snapshot: "object", matches: "list" }],
  ["forget --prune", prune],
  [
    "forget --prune: blobs",
    fieldsOf("number", "used duplicate unused total repack repack_remove remove remove_total remaining")
  ],
  [
    "forget --prune: bytes",
    fieldsOf(
      "number",
      "used duplicate unused unreferenced uncompressed total repack repack_remove remove remove_total remaining remaining_unused"
    )
  ],
  [
    "forget --prune: packfiles",
    fieldsOf("number", "used unused partly_used unreferenced total keep repack remove remove_total")
  ],
  ["prune", prune]
]

test.each(table)("%s has every field that restic prints", async (what, shape) => {
  const line = (await all())[what] as Record<string, unknown>
  expect(line).toBeDefined()
  const kinds = Object.fromEntries(
    Object.keys(shape).map((name) => [name, name in line ? kindOf(line[name]) : "absent"])
  )
  expect(kinds).toEqual(shape)
})

test("the figures of a prune add up as restic's do", async () => {
  const { blobs, bytes, packfiles } = (await all())["forget --prune"] as Record<string, Record<string, number>>
  const sum = (part: Record<string, number>, ...names: ReadonlyArray<string>) =>
    names.reduce((total, name) => total + part[name]!, 0)
  expect(blobs!.total).toBe(sum(blobs!, "used", "duplicate", "unused"))
  expect(blobs!.remaining).toBe(blobs!.total! - blobs!.remove_total!)
  expect(blobs!.remove_total).toBe(sum(blobs!, "remove", "repack_remove"))
  expect(blobs!.remove_total).toBeGreaterThan(0)
  expect(bytes!.total).toBe(sum(bytes!, "used", "duplicate", "unused", "unreferenced"))
  expect(bytes!.remove_total).toBe(sum(bytes!, "remove", "repack_remove", "unreferenced"))
  expect(bytes!.remaining).toBe(bytes!.total! - bytes!.remove_total!)
  expect(bytes!.remaining_unused).toBe(sum(bytes!, "duplicate", "unused") - sum(bytes!, "remove", "repack_remove"))
  expect(packfiles!.total).toBe(sum(packfiles!, "used", "unused", "partly_used", "unreferenced"))
  expect(packfiles!.remove_total).toBe(sum(packfiles!, "remove", "unreferenced"))
  expect(sum(packfiles!, "keep", "repack", "remove")).toBe(packfiles!.total! - packfiles!.unreferenced!)
})
