import * as fs from "node:fs"
import * as path from "node:path"
import * as DestinationLock from "@ourclone/core/engine/DestinationLock"
import { identityOf } from "@ourclone/provider-local/place/LocalIdentity"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { makeCli } from "./Cli.ts"

test("an unknown remote is wrong usage, and the remedy is named", async () => {
  const { run, write } = makeCli()
  write("from/a.txt", "a")
  const { code, error } = await run("copy", "@/from", "nowhere:x")
  expect(code).toBe(2)
  expect(error).toContain('no remote is called "nowhere"')
  expect(error).toContain("ourclone remote add nowhere")
})

test.each([
  ["copy", 4],
  ["move", 4],
  ["sync", 25]
])("%s from a source that is missing exits with %i and changes nothing", async (verb, expected) => {
  const { list, run, write } = makeCli()
  write("to/kept.txt", "kept")
  const { code, error } = await run(verb, "@/nothing", "@/to")
  expect(code).toBe(expected)
  expect(error).toMatch(/^error: .*nothing.*\n$/)
  expect(list("to")).toEqual(["kept.txt"])
})

test("an empty source stops a sync with 25 unless it is allowed", async () => {
  const { folder, list, run, write } = makeCli()
  fs.mkdirSync(path.join(folder, "from"))
  write("to/extra.txt", "extra")
  const stopped = await run("sync", "@/from", "@/to")
  expect(stopped.code).toBe(25)
  expect(stopped.error).toContain("--allow-empty-source")
  expect(list("to")).toEqual(["extra.txt"])
  expect((await run("sync", "--allow-empty-source", "@/from", "@/to")).code).toBe(0)
  expect(list("to")).toEqual([])
})

test("a sync whose filter leaves nothing is no mistake as long as nothing would be removed", async () => {
  const { run, write } = makeCli()
  write("from/a.txt", "a")
  expect((await run("sync", "--include", "*.jpg", "@/from", "@/to")).code).toBe(0)
  write("to/old.jpg", "a")
  expect((await run("sync", "--include", "*.jpg", "@/from", "@/to")).code).toBe(25)
})

test("copying an empty folder is no mistake", async () => {
  const { folder, run } = makeCli()
  fs.mkdirSync(path.join(folder, "from"))
  expect((await run("copy", "@/from", "@/to")).code).toBe(0)
})

test("a sync that would remove more than --max-delete removes nothing and exits with 25", async () => {
  const { list, run, write } = makeCli()
  write("from/a.txt", "a")
  write("to/b.txt", "b")
  write("to/c.txt", "c")
  const { code, error } = await run("sync", "--max-delete", "1", "@/from", "@/to")
  expect(code).toBe(25)
  expect(error).toContain("--max-delete 2")
  expect(list("to")).toEqual(["a.txt", "b.txt", "c.txt"])
})

test.each([
  ["the destination lies inside the source", "@/from", "@/from/sub"],
  ["the source lies inside the destination", "@/from/sub", "@/from"],
  ["both are one folder", "@/from", "@/from/../from"]
])("nothing is done when %s", async (_, source, destination) => {
  const { list, run, write } = makeCli()
  write("from/a.txt", "a")
  write("from/sub/b.txt", "b")
  expect((await run("sync", source, destination)).code).toBe(25)
  expect(list("from")).toEqual(["a.txt", "sub/b.txt"])
})

test("a malformed configuration is named with line and column", async () => {
  const { configuration, run, write } = makeCli()
  write("settings/config.toml", '[photos]\ntype = "b2\n')
  const { code, error } = await run("remote", "list")
  expect(code).toBe(2)
  expect(error).toContain(`${configuration}:2:`)
})

test("a malformed configuration does not stop a command that needs none", async () => {
  const { run, write } = makeCli()
  write("settings/config.toml", "nonsense")
  write("from/a.txt", "a")
  expect((await run("copy", "@/from", "@/to")).code).toBe(0)
})

test("a second run on the same destination exits with 5 and says who is there", async () => {
  const { folder, run, write } = makeCli()
  write("from/a.txt", "a")
  const lock = DestinationLock.acquire({
    stateDirectory: path.join(folder, "state", "ourclone"),
    destination: { name: "to", place: identityOf(path.join(folder, "to")) },
    command: "ourclone sync"
  })
  const outcome = Effect.andThen(
    lock,
    Effect.promise(() => run("copy", "@/from", "@/to/sub"))
  )
  const { code, error } = await Effect.runPromise(Effect.scoped(outcome))
  expect(code).toBe(5)
  expect(error).toContain("another run (ourclone sync")
})

test.each([
  [["sync", "@/from"], "Missing required argument: destination"],
  [["frobnicate"], 'there is no command "frobnicate"'],
  [["copy", "--tranfsers", "3", "@/from", "@/to"], "did you mean --transfers?"],
  [["copy", "--transfers", "0", "@/from", "@/to"], '--transfers: "0". Expected a value between 1 and 1000'],
  [["copy", "--cutoff-mode", "no", "@/from", "@/to"], '--cutoff-mode: "no". Expected: "hard" | "soft"'],
  [["copy", "--transfers", "many", "@/from", "@/to"], '--transfers: "many". Expected a number'],
  [["copy", "--bwlimit", "fast", "@/from", "@/to"], "--bwlimit"],
  [["copy", "--max-age", "tomorrow", "@/from", "@/to"], "--max-age"],
  [["copy", "--filter", "no sign", "@/from", "@/to"], "--filter"],
  [["copy", "--exclude-from", "@/none", "@/from", "@/to"], "--exclude-from"],
  [["copy", "--links", "--copy-links", "@/from", "@/to"], "choose one"]
])("%j is wrong usage and exits with 2", async (words, message) => {
  const { run, write } = makeCli()
  write("from/a.txt", "a")
  const { code, error } = await run(...words)
  expect(code).toBe(2)
  expect(error).toMatch(/^error: /)
  expect(error).toContain(message)
})

test("a path with .. names the folder it leads to", async () => {
  const { list, run, write } = makeCli()
  write("from/a.txt", "a")
  expect((await run("copy", "@/from/sub/..", "@/x/../to")).code).toBe(0)
  expect(list("to")).toEqual(["a.txt"])
})

test("rm of a folder that another run writes to exits with 5 and removes nothing", async () => {
  const { folder, list, run, write } = makeCli()
  write("to/a.txt", "a")
  const lock = DestinationLock.acquire({
    stateDirectory: path.join(folder, "state", "ourclone"),
    destination: { name: "to", place: identityOf(path.join(folder, "to")) },
    command: "ourclone sync"
  })
  const outcome = Effect.andThen(
    lock,
    Effect.promise(() => run("rm", "--recursive", "@/to"))
  )
  const { code } = await Effect.runPromise(Effect.scoped(outcome))
  expect(code).toBe(5)
  expect(list("to")).toEqual(["a.txt"])
})

test("a destination that is a file is named as one", async () => {
  const { folder, read, run, write } = makeCli()
  write("from/a.txt", "a")
  write("to", "a file")
  for (const source of ["@/from", "@/from/a.txt"]) {
    const { code, error } = await run("copy", source, "@/to")
    expect(code).toBeGreaterThan(0)
    expect(error).toMatch(/file/)
    expect(error).not.toMatch(/a folder stands/)
  }
  expect(read("to")).toBe("a file")
  expect(fs.statSync(path.join(folder, "to")).isFile()).toBe(true)
})

test("what is neither a file nor a folder is not called a file", async () => {
  const { run } = makeCli()
  const { code, error } = await run("copy", "/dev/null", "@/to")
  expect(code).toBe(2)
  expect(error).toContain("neither a file nor a folder")
})
