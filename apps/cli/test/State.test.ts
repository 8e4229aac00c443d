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
  expect([wrong.code, wrong.error]).toEqual([12, expect.stringMatching(/the password of ".*all\.state" is another/)])
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

test("the password of a state comes from where those of repositories come from", async () => {
  const saving = makeCli({ environment: { OURCLONE_PASSWORD: "of the environment" } })
  expect((await saving.run("state", "save", "@/all.state")).code).toBe(0)
  const bringing = async (environment: Readonly<Record<string, string>>, ...words: ReadonlyArray<string>) => {
    const cli = makeCli({ environment })
    fs.copyFileSync(path.join(saving.folder, "all.state"), path.join(cli.folder, "all.state"))
    cli.write("password", "of the environment\n")
    return cli.run("state", "load", "@/all.state", ...words)
  }
  expect((await bringing({ OURCLONE_PASSWORD: "of the environment" })).code).toBe(0)
  expect((await bringing({ OURCLONE_PASSWORD_FILE: "@/password" })).code).toBe(0)
  expect((await bringing({}, "--password-command", "echo of the environment")).code).toBe(0)
  expect((await bringing({ OURCLONE_PASSWORD: "another" }, "--password-file", "@/password")).code).toBe(0)
  expect((await bringing({ OURCLONE_PASSWORD: "another" })).code).toBe(12)
})

test("what is said where no password is given, or an empty one, names only flags that the command has", async () => {
  const cli = makeCli()
  cli.write("empty", "")
  for (const words of [[], ["--password-file", "@/empty"]]) {
    const ran = await cli.run("state", "save", "@/all.state", ...words)
    expect([ran.code, ran.error]).toEqual([2, expect.stringContaining("--password-file")])
    const help = (await cli.run("state", "save", "--help")).out
    for (const [flag] of ran.error.matchAll(/--[a-z-]+/g)) expect(help).toContain(flag)
  }
})

test("a file of state that is not there, or can not be made, is told by its name, the cause and what to do", async () => {
  const cli = makeCli()
  cli.write("folder/a", "")
  cli.write("there", "")
  for (const [code, message, ...words] of [
    [4, /there is no file ".*\/none"; name the file/, "load", "@/none"],
    [4, /there is no file ".*\/there\/none"; name the file/, "load", "@/there/none"],
    [1, /folder" is a folder; name the file/, "load", "@/folder"],
    [1, /there" holds no state; name the file/, "load", "@/there"],
    [4, /the folder ".*\/none" does not exist; make it/, "save", "@/none/all", "--without-secrets"],
    [1, /there" is no folder; name another/, "save", "@/there/all", "--without-secrets"],
    [1, /there" is there already, and is not replaced; name/, "save", "@/there", "--without-secrets"]
  ] as const) {
    const ran = await cli.run("state", ...words)
    expect([ran.code, ran.error]).toEqual([code, expect.stringMatching(message)])
    expect(ran.error).not.toMatch(/E[A-Z]{4,}/)
  }
})
