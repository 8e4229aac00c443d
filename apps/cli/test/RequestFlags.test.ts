import { describe as describeField } from "@ourclone/core/contract/SchemaField"
import { jobKinds } from "@ourclone/jobs/JobKinds"
import * as DiffQuery from "@ourclone/jobs/repository/DiffQuery"
import * as DumpBytes from "@ourclone/jobs/repository/DumpBytes"
import * as FindQuery from "@ourclone/jobs/repository/FindQuery"
import * as SnapshotLsQuery from "@ourclone/jobs/repository/SnapshotLsQuery"
import * as SnapshotsQuery from "@ourclone/jobs/repository/SnapshotsQuery"
import * as StatsQuery from "@ourclone/jobs/repository/StatsQuery"
import * as Cat from "@ourclone/jobs/storage/Cat"
import * as List from "@ourclone/jobs/storage/List"
import * as Size from "@ourclone/jobs/storage/Size"
import * as Stat from "@ourclone/jobs/storage/Stat"
import type * as Schema from "effect/Schema"
import { describe, expect, test } from "vitest"
import { flagNameOf, flagWords } from "../src/FlagWords.ts"
import { makeCli } from "./Cli.ts"

const requestOf = async (type: keyof typeof jobKinds) => (await jobKinds[type]()).request

/** What every command about a repository says in words of its own. */
const ofRepository = ["repository", "cacheDirectory", "whenBusy", "host", "tag", "path", "ids"]
const kept = ["Last", "Hourly", "Daily", "Weekly", "Monthly", "Yearly", "Tag"].map((each) => `keep${each}`)
const keptWithin = ["", "Hourly", "Daily", "Weekly", "Monthly", "Yearly"].map((each) => `keepWithin${each}`)

/** What a command says of a field in words of its own, or does not offer. */
const table: ReadonlyArray<readonly [string, () => Promise<Schema.Top>, ReadonlyArray<string>]> = [
  ["copy", () => requestOf("copy"), ["at", "whenBusy", "toName"]],
  ["move", () => requestOf("move"), ["whenBusy", "toName"]],
  ["sync", () => requestOf("sync"), ["at", "whenBusy"]],
  ["check", () => requestOf("check"), ["at"]],
  ["rm", () => requestOf("remove"), ["path", "maxDelete", "whenBusy"]],
  ["undelete", () => requestOf("undelete"), ["path", "whenBusy"]],
  ["cleanup --old-versions", () => requestOf("removeOldVersions"), ["path", "olderThanMillis", "whenBusy"]],
  ["mkdir", () => requestOf("mkdir"), []],
  ["bucket create", () => requestOf("createBucket"), []],
  ["bucket remove", () => requestOf("removeBucket"), ["whenBusy"]],
  ["bucket lifecycle", () => requestOf("setLifecycle"), []],
  ["bucket update", () => requestOf("updateBucket"), []],
  ["key remove", () => requestOf("removeKey"), []],
  ["touch", () => requestOf("touch"), ["modifiedAt"]],
  ["large cancel", () => requestOf("cancelUnfinished"), []],
  ["remote test", () => requestOf("testRemote"), []],
  ["ls", async () => List.Request, []],
  ["tree", async () => List.Request, ["path"]],
  ["size", async () => Size.Request, []],
  ["stat", async () => Stat.Request, []],
  ["cat", async () => Cat.Request, ["path"]],
  [
    "backup",
    () => requestOf("backup"),
    [...ofRepository, "exclude", "paths", "rawPaths", "directory", "stdinFilename", "scan", "items"]
  ],
  [
    "restore",
    () => requestOf("restore"),
    [...ofRepository, "exclude", "iexclude", "include", "snapshot", "target", "special", "items"]
  ],
  [
    "forget",
    () => requestOf("forget"),
    [...ofRepository, ...kept, ...keptWithin, "maxUnused", "prune", "allowRemoveAll"]
  ],
  ["repo init", () => requestOf("init"), [...ofRepository, "repositoryVersion", "copyChunkerFrom"]],
  ["repo check", () => requestOf("checkRepository"), ofRepository],
  ["repo prune", () => requestOf("prune"), [...ofRepository, "maxUnused", "allowRemoveAll"]],
  ["repo repair index", () => requestOf("repairIndex"), ofRepository],
  ["repo repair packs", () => requestOf("repairPacks"), ofRepository],
  ["repo repair snapshots", () => requestOf("repairSnapshots"), ofRepository],
  ["repo copy", () => requestOf("copySnapshots"), [...ofRepository, "fromRepository"]],
  ["repo drill", () => requestOf("drill"), [...ofRepository, "snapshot", "sample"]],
  ["repo unlock", () => requestOf("unlock"), ofRepository],
  ["repo key add", () => requestOf("keyAdd"), [...ofRepository, "user"]],
  ["repo stats", async () => StatsQuery.Request, ofRepository],
  ["snapshots", async () => SnapshotsQuery.Request, ofRepository],
  ["snapshot ls", async () => SnapshotLsQuery.Request, [...ofRepository, "snapshot", "folders", "recursive"]],
  ["snapshot find", async () => FindQuery.Request, [...ofRepository, "patterns", "blobs", "trees", "packs"]],
  ["snapshot diff", async () => DiffQuery.Request, [...ofRepository, "from", "to"]],
  ["snapshot dump", async () => DumpBytes.Request, [...ofRepository, "snapshot", "file", "only"]],
  ["snapshot tag", () => requestOf("tag"), ofRepository],
  ["snapshot rewrite", () => requestOf("rewrite"), [...ofRepository, "exclude", "include", "iinclude"]],
  ["repo migrate", () => requestOf("migrate"), ofRepository],
  ["repo cache", () => requestOf("cleanCache"), ["cacheDirectory"]]
]

describe("what can be asked for can be typed", () => {
  test.each(table)(
    "%s takes every field of its request, and says of it what its schema says",
    async (command, request, own) => {
      const { out } = await makeCli().run(...command.split(" "), "--help")
      const { fields } = (await request()) as Schema.Struct<Schema.Struct.Fields>
      const missing = Object.entries(fields).filter(([name, field]) => {
        if (own.includes(name)) return false
        const description =
          flagWords[name]?.description ?? describeField(name, field as Schema.ConstraintDecoder<unknown>).description
        const line = out.split("\n").find((shown) => shown.includes(description))
        return line === undefined || !(line.includes(`${flagNameOf(name)}`) || line.trimStart().startsWith(`${name} `))
      })
      expect(missing.map(([name]) => name)).toEqual([])
    }
  )
})

test("a number out of its bounds is refused with them", async () => {
  const { code, error } = await makeCli().run("copy", "--transfers", "0", "@/a", "@/b")
  expect(code).toBe(2)
  expect(error).toContain("--transfers")
  expect(error).toContain("between 1 and 1000")
  expect((await makeCli().run("ls", "--max-depth", "0", "@/a")).error).toContain("greater than or equal to 1")
})

test("a length of time is typed as people write it, and refused with what is expected", async () => {
  const cli = makeCli()
  cli.write("a/x", "x", 1_000_000)
  cli.write("b/x", "y", 1_001_500)
  expect((await cli.run("check", "--modify-window", "2s", "@/a", "@/b")).code).toBe(0)
  expect((await cli.run("check", "--modify-window", "1s", "@/a", "@/b")).code).toBe(1)
  expect((await cli.run("check", "--modify-window", "-1s", "@/a", "@/b")).code).toBe(2)
  const { code, error } = await cli.run("large", "cancel", "--older-than", "soon", "@/a")
  expect(code).toBe(2)
  expect(error).toMatch(/^error: --older-than: "soon" is not an age; write one such as 1h30m/)
})
