import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { gunzipSync } from "node:zlib"
import { expect, test } from "vitest"
import { makeCli } from "./Cli.ts"

const planted = "planted-7c21"

const filled = async () => {
  const cli = makeCli()
  cli.write("password", "of the archive")
  cli.write("from/a", "one")
  await cli.run("copy", "@/from", "@/to")
  const remote = `[remotes.photos]\ntype = "b2"\nkeyId = "id"\nkey = "${planted}"\n`
  cli.write("settings/config.toml", `${remote}\n[repositories.home]\nlocation = "/r"\npassword = "${planted}2"\n`)
  fs.chmodSync(cli.configuration, 0o600)
  return cli
}

const unpacked = (file: string): string => {
  const bytes = fs.readFileSync(file)
  return gunzipSync(bytes.subarray(bytes.indexOf(10) + 1)).toString("latin1")
}

test("a state that was saved with a password comes back whole elsewhere, and only with it", async () => {
  const cli = await filled()
  const saved = await cli.run("state", "save", "@/all.state", "--password-file", "@/password")
  expect([saved.code, saved.error]).toEqual([0, expect.stringContaining("tasks.sqlite, config.toml")])
  expect(fs.readFileSync(path.join(cli.folder, "all.state"), "latin1")).not.toContain("sqlite")
  expect(fs.statSync(path.join(cli.folder, "all.state")).mode & 0o777).toBe(0o600)
  expect((await cli.run("state", "save", "@/all.state", "--password-file", "@/password")).code).toBe(1)

  const other = makeCli()
  fs.copyFileSync(path.join(cli.folder, "all.state"), path.join(other.folder, "all.state"))
  other.write("password", "of the archive")
  other.write("wrong", "another")
  const wrong = await other.run("state", "load", "@/all.state", "--password-file", "@/wrong")
  expect([wrong.code, wrong.error]).toEqual([1, expect.stringContaining("the password is another")])
  expect(fs.existsSync(other.configuration)).toBe(false)
  expect((await other.run("state", "load", "@/all.state", "--password-file", "@/password")).code).toBe(0)
  expect(fs.readFileSync(other.configuration, "utf8")).toBe(fs.readFileSync(cli.configuration, "utf8"))
  const database = new DatabaseSync(path.join(other.folder, "state/ourclone/tasks/journal.sqlite"))
  expect(database.prepare("select kind from task").all()).toEqual([{ kind: "copy" }])
  database.close()

  const again = await other.run("state", "load", "@/all.state", "--password-file", "@/password")
  expect([again.code, again.error]).toEqual([1, expect.stringContaining("--replace")])
  expect((await other.run("state", "load", "@/all.state", "--password-file", "@/password", "--replace")).code).toBe(0)
})

test("a state without secrets holds none, and a damaged one is not brought back", async () => {
  const cli = await filled()
  expect((await cli.run("state", "save", "@/bare.state", "--without-secrets")).code).toBe(0)
  const text = unpacked(path.join(cli.folder, "bare.state"))
  expect(text).not.toContain(planted)
  expect(text).toContain('[remotes.photos]\ntype = "b2"\nkeyId = "id"\n')
  const other = makeCli()
  const bytes = fs.readFileSync(path.join(cli.folder, "bare.state"))
  fs.writeFileSync(path.join(other.folder, "cut.state"), bytes.subarray(0, bytes.length - 40))
  expect((await other.run("state", "load", "@/cut.state")).code).toBe(1)
  other.write("none.state", "something else")
  expect((await other.run("state", "load", "@/none.state")).error).toContain("holds no state")
  expect(fs.existsSync(other.configuration)).toBe(false)
})
