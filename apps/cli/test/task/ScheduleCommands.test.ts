import * as fs from "node:fs"
import { expect, test } from "vitest"
import { makeCli } from "../Cli.ts"
import { makeWorld, tagged, until } from "./TaskWorld.ts"

const add = ["schedule", "add", "nightly", "--cron", "30 2 * * *", "--zone", "Europe/Berlin"]

test("a schedule holds what a command line asks for, and runs nothing before it is due", async () => {
  const cli = makeCli()
  cli.write("from/a", "one")
  const added = await cli.run(...add, "--", "sync", "@/from", "@/to", "--max-delete", "3")
  expect(added).toMatchObject({ code: 0, error: expect.stringMatching(/^nightly runs next at \d{4}-.*:30:00\n/) })
  expect(added.error).toContain("ourclone serve")
  expect(fs.existsSync(`${cli.folder}/to`)).toBe(false)
  const listed = await cli.run("schedule", "list", "--json")
  const schedule = JSON.parse(listed.out)
  expect(schedule).toMatchObject({ name: "nightly", kind: "sync", zone: "Europe/Berlin", missed: "once", isOn: true })
  expect(schedule.request).toMatchObject({
    source: `${cli.folder}/from`,
    destination: `${cli.folder}/to`,
    maxDelete: 3
  })
  expect(schedule.next).toHaveLength(3)
  expect((await cli.run(...add, "--", "sync", "@/from", "@/to")).code).toBe(2)
  expect((await cli.run("schedule", "off", "nightly")).error).toBe("nightly is off\n")
  expect((await cli.run("schedule", "list")).out).toContain("off")
  expect((await cli.run("schedule", "remove", "nightly")).code).toBe(0)
  expect((await cli.run("schedule", "remove", "nightly")).code).toBe(4)
  const inVain = await cli.run(...add, "--watch", "@/nowhere", "--", "sync", "@/from", "@/to")
  expect(inVain).toMatchObject({ code: 0, error: expect.stringContaining("nowhere is not there: it is watched once") })
})

test.each([
  [["schedule", "add", "x", "--cron", "30 2 * *", "--", "copy", "@/a", "@/b"], "write minute, hour, day"],
  [["schedule", "add", "x", "--cron", "@daily", "--zone", "Nowhere", "--", "copy", "@/a", "@/b"], "no time zone"],
  [["schedule", "add", "x", "--cron", "@daily", "--", "remote", "remove", "photos"], "one of: copy, sync"],
  [["schedule", "add", "x", "--cron", "@daily", "--", "mount", "@/a", "@/b"], "goes on until it is ended"],
  [["schedule", "add", "x", "--cron", "@daily", "--", "serve", "webdav", "@/a"], "goes on until it is ended"],
  [["schedule", "add", "x", "--cron", "@daily", "--", "copy", "@/a"], "help"],
  [["schedule", "add", "x", "--cron", "@daily", "--", "copy", "--dry-run", "@/a", "@/b"], "leave out --dry-run"],
  [["schedule", "add", "x", "--cron", "@daily", "--", "copy", "@/a", "@/b", "--bwlimit", "x"], "--bwlimit"],
  [["schedule", "due", "--cron", "0 0 31 2 *"], "never comes"]
])("%j is refused with what is wrong", async (words, message) => {
  const cli = makeCli()
  cli.write("a/b", "one")
  const { code, error } = await cli.run(...words)
  expect(code).toBe(2)
  expect(error).toContain(message)
  expect((await cli.run("schedule", "list", "--json")).out).toBe("")
})

test("whatever is one job by itself can be scheduled, and what it is about is listed", async () => {
  const cli = makeCli()
  fs.mkdirSync(`${cli.folder}/settings`, { recursive: true })
  const repository = (name: string) =>
    `[repositories.${name}]\nlocation = "${cli.folder}/${name}"\npassword = "secret"\n`
  fs.writeFileSync(cli.configuration, `${repository("home")}${repository("other")}`, { mode: 0o600 })
  const kinds: Array<string> = []
  for (const [index, words] of [
    ["bisync", "@/a", "@/b"],
    ["copyto", "@/a/one", "@/b/two"],
    ["moveto", "@/a/one", "@/b/two"],
    ["repo", "copy", "--from-repo", "home", "--repo", "other"],
    ["repo", "recover", "--repo", "home"],
    ["repo", "unlock", "--repo", "home"],
    ["repo", "repair", "index", "--repo", "home"],
    ["snapshot", "rewrite", "--exclude", "*.tmp", "--repo", "home"],
    ["snapshot", "tag", "--add", "kept", "--repo", "home"],
    ["large", "cancel", "b2:some-bucket", "--older-than", "1d"]
  ].entries()) {
    const { code, error } = await cli.run("schedule", "add", `n${index}`, "--cron", "@daily", "--", ...words)
    expect([words, code, code === 0 ? "" : error]).toEqual([words, 0, ""])
  }
  for (const line of (await cli.run("schedule", "list", "--json")).out.split("\n")) {
    if (line !== "") kinds.push(JSON.parse(line).kind)
  }
  expect(kinds.sort()).toEqual(
    [
      ...["bisync", "copy", "move", "copySnapshots", "recover", "unlock", "repairIndex", "rewrite", "tag"],
      "cancelUnfinished"
    ].sort()
  )
  expect((await cli.run("schedule", "list")).out).toContain(`${cli.folder}/a and ${cli.folder}/b`)
})

test("a bisync that is scheduled brings what changed on either side to the other", async () => {
  const world = makeWorld()
  const cli = makeCli({ environment: { ...world.environment } })
  world.write("a/one", "one")
  world.write("b/two", "two")
  await cli.run(...add, "--", "bisync", world.at("a"), world.at("b"))
  const ran = JSON.parse((await cli.run("schedule", "run", "nightly", "--json")).out)
  const ended = await world.withStore((store) => until(store, ran.id, tagged("Done")))
  expect(ended).toMatchObject({ kind: "bisync", summary: { stored: 2 } })
  expect([fs.readdirSync(world.at("a")).sort(), fs.readdirSync(world.at("b")).sort()]).toEqual([
    ["one", "two"],
    ["one", "two"]
  ])
})

test("a schedule whose password is not stored is not kept", async () => {
  const cli = makeCli({ environment: { OURCLONE_PASSWORD: "secret" } })
  cli.write("from/a", "one")
  expect((await cli.run("repo", "init", "--repo", "@/repository")).code).toBe(0)
  const refused = await cli.run(...add, "--", "backup", "@/from", "--repo", "@/repository")
  expect(refused).toMatchObject({ code: 12, error: expect.stringContaining("is not stored") })
  expect(refused.error).toContain("[repositories.NAME] of the configuration")
  fs.mkdirSync(`${cli.folder}/settings`, { recursive: true })
  const entry = `[repositories.home]\nlocation = "${cli.folder}/repository"\npassword = "secret"\n`
  fs.writeFileSync(cli.configuration, entry, { mode: 0o600 })
  expect((await cli.run(...add, "--", "backup", "@/from", "--repo", "home")).code).toBe(0)
  expect(JSON.parse((await cli.run("schedule", "list", "--json")).out).request).toMatchObject({ repository: "home" })
})

test("task start runs a command in the background, and schedule run what a schedule says", async () => {
  const world = makeWorld()
  const cli = makeCli({ environment: { ...world.environment } })
  world.write("from/a", "one")
  const started = JSON.parse(
    (await cli.run("task", "start", "--json", "--", "copy", world.at("from"), world.at("to"))).out
  )
  const first = await world.withStore((store) => until(store, started.id, tagged("Done")))
  expect(first).toMatchObject({ isRecord: false, origin: "command", summary: { stored: 1 } })
  await cli.run(...add, "--", "copy", world.at("from"), world.at("again"))
  const ran = JSON.parse((await cli.run("schedule", "run", "nightly", "--json")).out)
  const second = await world.withStore((store) => until(store, ran.id, tagged("Done")))
  expect(second).toMatchObject({ origin: "schedule", by: "the schedule nightly", summary: { stored: 1 } })
  expect((await cli.run("schedule", "list")).out).toContain("done")
})

test("schedule run is refused while a run of the schedule goes on, whose task is named", async () => {
  const world = makeWorld()
  const cli = makeCli({ environment: { ...world.environment } })
  // At this rate the second file takes minutes.
  for (const name of ["a", "b", "c"]) world.write(`from/${name}`, "x".repeat(50_000))
  await cli.run(...add, "--", "copy", world.at("from"), world.at("to"), "--bwlimit", "off:500b")
  const { id } = JSON.parse((await cli.run("schedule", "run", "nightly", "--json")).out)
  const message = `task ${id}, the run of "nightly" before, has not ended`
  expect(await cli.run("schedule", "run", "nightly")).toMatchObject({
    code: 1,
    error: expect.stringContaining(message)
  })
  await cli.run("task", "cancel", id)
  await world.withStore((store) => until(store, id, tagged("Cancelled")))
})
