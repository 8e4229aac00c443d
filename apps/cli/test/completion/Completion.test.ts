import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"
import * as TypedLine from "../../src/completion/TypedLine.ts"
import { withB2 } from "../B2Cli.ts"
import { makeCli } from "../Cli.ts"

test.each([
  ["ourclone ", ["ourclone", ""], 0],
  ["ourclone ls b2:buck", ["ourclone", "ls", "b2:buck"], 3],
  ["ourclone copy a\\ b 'c d", ["ourclone", "copy", "a b", "c d"], 0],
  ['ourclone ls "b2:buck', ["ourclone", "ls", "b2:buck"], 0],
  ["x --repo=b2:a/b", ["x", "--repo=b2:a/b"], 10]
])("the line %j is read as a shell does", (line, words, kept) => {
  expect(TypedLine.parse(line)).toEqual({ words, kept })
})

const zsh = async (run: ReturnType<typeof makeCli>["run"], ...words: ReadonlyArray<string>) => {
  const { code, error, out } = await run("complete", "zsh", "--", ...words)
  expect([code, error]).toEqual([0, ""])
  return out === ""
    ? []
    : out
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t")[0])
}

test("flags, their values and subcommands follow where they may, and a flag only once", async () => {
  const { run } = makeCli()
  expect(await zsh(run, "repo", "key", "pa")).toEqual(["-passwd"])
  expect(await zsh(run, "sync", "--dry-run", "--dry")).toEqual([])
  expect(await zsh(run, "backup", "--compression", "m")).toEqual(["-max"])
  expect(await zsh(run, "backup", "--compression=m")).toEqual(["---compression=max"])
  expect(await zsh(run, "copy", "--", "--dr")).toEqual([])
  expect(await zsh(run, "completion", "f")).toEqual(["-fish"])
})

test("names of remotes, types and repositories are those of the configuration", async () => {
  const { configuration, run } = makeCli()
  fs.mkdirSync(path.dirname(configuration), { recursive: true })
  const text = '[remotes.photos]\ntype = "local"\n[repositories.home]\nlocation = "photos:backup"\n'
  fs.writeFileSync(configuration, text, { mode: 0o600 })
  expect(await zsh(run, "copy", "pho")).toEqual(["+photos:"])
  expect(await zsh(run, "remote", "show", "p")).toEqual(["-photos"])
  expect(await zsh(run, "remote", "add", "x", "b")).toEqual(["-b2"])
  expect(await zsh(run, "snapshots", "--repo", "ho")).toEqual(["-home"])
})

test("what is stored is asked for once in a while, and nobody who answers is no error", async () => {
  const { cli, emulator } = await withB2()
  for (const name of ["docs/a.txt", "docs/sub/b.txt"]) cli.write(`from/${name}`, name)
  await cli.run("copy", "@/from", "b2:some-bucket")
  expect(await zsh(cli.run, "ls", "b2:some-bucket/docs/")).toEqual([
    "-b2:some-bucket/docs/a.txt",
    "+b2:some-bucket/docs/sub/"
  ])
  expect(await zsh(cli.run, "bucket", "lifecycle", "b2:so")).toEqual(["-b2:some-bucket"])
  const folder = path.join(cli.folder, "cache", "ourclone", "completion")
  const later = Date.now() / 1000 + 3600
  for (const name of fs.readdirSync(folder)) fs.utimesSync(path.join(folder, name), later, later)
  await emulator.close()
  expect(await zsh(cli.run, "cat", "b2:some-bucket/docs/a")).toEqual(["-b2:some-bucket/docs/a.txt"])
  expect(fs.statSync(folder).mode & 0o777).toBe(0o700)
})

test("nothing of a remote that is not there is no error", async () => {
  const { run } = makeCli()
  expect(await zsh(run, "ls", "nobody:x")).toEqual([])
})
