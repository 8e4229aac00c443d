import * as fs from "node:fs"
import * as path from "node:path"
import { describe, expect, test } from "vitest"
import { withB2 } from "../B2Cli.ts"
import type { Cli } from "../Cli.ts"

/** `UNDO_SEEDS=100` for a long look. */
const seeds = Number(process.env.UNDO_SEEDS ?? 6)

/** Numbers in [0, 1) that are the same for the same seed. */
const seededRandom = (seed: number) => {
  let state = seed >>> 0
  return (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

const folders = ["", "d/", "d/e/", "f.x/"]

/** Writes, changes, touches and removes some files; now and then makes or empties a folder. */
const change = (cli: Cli, folder: string, below: (limit: number) => number): void => {
  for (let turn = 0; turn < 12; turn++) {
    const name = path.join(cli.folder, folder, `${folders[below(folders.length)]}file ${below(9)}`)
    const time = 1_700_000_000 + below(1000)
    fs.mkdirSync(path.dirname(name), { recursive: true })
    const what = below(8)
    if (what < 5) fs.writeFileSync(name, "x".repeat(below(40)))
    else if (what === 5) fs.rmSync(name, { force: true })
    else if (what === 6 && below(3) === 0) fs.rmSync(path.dirname(name), { recursive: true, force: true })
    else fs.mkdirSync(`${name} folder`, { recursive: true })
    if (fs.existsSync(name)) fs.utimesSync(name, time, time)
  }
  fs.mkdirSync(path.join(cli.folder, folder), { recursive: true })
}

/** What is there: paths, sizes, times and checksums. */
const treeOf = async (cli: Cli, place: string): Promise<ReadonlyArray<string>> => {
  const { out } = await cli.run("lsjson", "-R", "--hash", place)
  const entries: ReadonlyArray<Record<string, unknown>> = JSON.parse(out === "" ? "[]" : out)
  return entries.map(({ Hashes, IsDir, ModTime, Path, Size }) =>
    JSON.stringify([Path, IsDir, IsDir === true ? 0 : [Size, ModTime, Hashes]])
  )
}

const newestTask = async (cli: Cli) => JSON.parse((await cli.run("task", "list", "--json", "--limit", "1")).out)

describe("undo", () => {
  test("makes the bucket again what it was before a sync, whatever the sync did", async () => {
    const { cli } = await withB2()
    let undone = 0
    for (let seed = 1; seed <= seeds; seed++) {
      const below = seededRandom(seed)
      const place = `b2://undo-tests/${seed}`
      change(cli, "from", below)
      const first = await cli.run("sync", "@/from", place, "--allow-empty-source")
      expect(first.code).toBe(0)
      const before = await treeOf(cli, place)
      const earlier = (await newestTask(cli))?.id
      for (let turn = 0; turn <= below(3); turn++) change(cli, "from", below)
      expect((await cli.run("sync", "@/from", place, "--allow-empty-source")).code).toBe(0)
      const { id } = await newestTask(cli)
      if (id === earlier) continue
      const ran = await cli.run("task", "undo", id)
      expect({ seed, code: ran.code, error: ran.error }).toMatchObject({ code: 0 })
      expect({ seed, tree: await treeOf(cli, place) }).toEqual({ seed, tree: before })
      undone++
    }
    expect(undone).toBeGreaterThanOrEqual(seeds * 0.8)
  })

  test("says what it can not take back before anything is, and takes back the rest where that is asked for", async () => {
    const { cli } = await withB2()
    cli.write("from/a", "one", 1_700_000_000_000)
    cli.write("from/b", "one", 1_700_000_000_000)
    await cli.run("copy", "@/from", "b2://undo-tests/x")
    cli.write("from/a", "two", 1_700_000_001_000)
    cli.write("from/b", "two", 1_700_000_001_000)
    cli.write("from/c", "new", 1_700_000_001_000)
    await cli.run("copy", "@/from", "b2://undo-tests/x")
    const { id } = await newestTask(cli)
    cli.write("other/a", "three", 1_700_000_002_000)
    await cli.run("copy", "@/other", "b2://undo-tests/x")
    const before = await treeOf(cli, "b2://undo-tests/x")
    const looked = await cli.run("task", "undo", "--dry-run", id)
    expect(looked.out).toBe("skip a (it was changed since, so what is there now stays)\nbring back b\nremove c\n")
    const refused = await cli.run("task", "undo", id)
    expect(refused).toMatchObject({ code: 25, error: expect.stringContaining("1 of 3 can not be taken back") })
    expect(refused.error).toContain("--partly")
    expect(refused.error).toContain("can not be taken back: a: it was changed since")
    expect(await treeOf(cli, "b2://undo-tests/x")).toEqual(before)
    expect((await cli.run("task", "undo", "--partly", id)).error).toContain(
      "1 file brought back, 1 file hidden that was new, 1 file left as it is"
    )
    expect((await cli.run("cat", "b2://undo-tests/x/a")).out).toBe("three")
    expect((await cli.run("cat", "b2://undo-tests/x/b")).out).toBe("one")
    expect((await cli.run("stat", "b2://undo-tests/x/c")).code).toBe(4)
  })

  test("names a backup repository that it would take away, whatever of it was stored first", async () => {
    const { cli } = await withB2()
    for (const name of ["config", `keys/${"0123456789abcdef".repeat(4)}`]) cli.write(`from/home/${name}`, "sealed")
    await cli.run("copy", "@/from", "b2://undo-tests/x")
    const { id } = await newestTask(cli)
    const looked = await cli.run("task", "undo", "--dry-run", id)
    expect(looked.error).toContain("home/ is a backup repository: all its snapshots would be deleted")
  })

  test("a move puts its files back where they were", async () => {
    const { cli } = await withB2()
    cli.write("from/a", "one", 1_700_000_000_000)
    cli.write("from/d/b", "two", 1_700_000_000_000)
    expect((await cli.run("move", "@/from", "b2://undo-tests/x")).code).toBe(0)
    expect(fs.existsSync(path.join(cli.folder, "from/a"))).toBe(false)
    const { id } = await newestTask(cli)
    expect((await cli.run("task", "undo", id)).error).toContain("2 files moved back")
    expect(cli.list("from")).toEqual(["a", "d/b"])
    expect(await treeOf(cli, "b2://undo-tests/x")).toEqual([])
  })

  test("a removal is taken back, of a folder, of some of its files and of one; what was removed before it stays removed", async () => {
    const { cli } = await withB2()
    for (const name of ["a", "b", "d/c"]) cli.write(`from/${name}`, name, 1_700_000_000_000)
    await cli.run("copy", "@/from", "b2://undo-tests/x")
    await cli.run("rm", "b2://undo-tests/x/b")
    const before = await treeOf(cli, "b2://undo-tests/x")
    const removals = [
      ["rm", "--recursive", "b2://undo-tests/x"],
      ["rm", "--recursive", "--include", "/d/**", "b2://undo-tests/x/"],
      ["rm", "b2://undo-tests/x/d/c"]
    ]
    for (const words of removals) {
      expect((await cli.run(...words)).code).toBe(0)
      expect((await cli.run("stat", "b2://undo-tests/x/d/c")).code).toBe(4)
      const undone = await cli.run("task", "undo", (await newestTask(cli)).id)
      expect({ words, code: undone.code, error: undone.error }).toMatchObject({ code: 0 })
      expect({ words, tree: await treeOf(cli, "b2://undo-tests/x") }).toEqual({ words, tree: before })
    }
    const [line = ""] = (await cli.run("versions", "--json", "b2://undo-tests/x/a")).out.split("\n")
    expect((await cli.run("rm", "--version-id", JSON.parse(line).versionId, "b2://undo-tests/x/a")).code).toBe(0)
    expect(await cli.run("task", "undo", (await newestTask(cli)).id)).toMatchObject({
      code: 2,
      error: expect.stringContaining("unless it removed for good")
    })
  })

  test("what keeps no versions, and what is no transfer, is refused with the reason", async () => {
    const { cli } = await withB2()
    cli.write("from/a", "one")
    await cli.run("copy", "@/from", "@/to")
    expect(await cli.run("task", "undo", (await newestTask(cli)).id)).toMatchObject({
      code: 2,
      error: expect.stringMatching(/task \S+ can not be taken back: .* keeps no old versions, so .* only in a backup/)
    })
    await cli.run("mkdir", "@/other")
    expect(await cli.run("task", "undo", (await newestTask(cli)).id)).toMatchObject({
      code: 2,
      error: expect.stringContaining("(mkdir) can not be taken back")
    })
    expect(cli.read("to/a")).toBe("one")
  })
})

test("a dry run says whether the destination keeps what would be overwritten or removed, and its task whether it did", async () => {
  const { cli } = await withB2()
  await cli.run("remote", "add", "gone", "b2", "--hard-delete", "true", "--no-check")
  const said = async (...words: ReadonlyArray<string>) => {
    const { error } = await cli.run("sync", "--dry-run", "--max-delete", "9", ...words)
    return error.split("\n").flatMap((line) => /^what is (?:overwritten|removed): .*/.exec(line)?.[0] ?? [])
  }
  const seen: Array<unknown> = []
  for (const place of ["@/to", "b2:some-bucket/x", "gone:some-bucket/x"]) {
    cli.write("from/a", "a")
    cli.write("from/b", "b")
    await cli.run("sync", "@/from", place)
    cli.write("from/a", "another")
    fs.rmSync(path.join(cli.folder, "from/b"))
    const words = await said("@/from", place)
    await cli.run("sync", "--max-delete", "9", "@/from", place)
    seen.push([words, (await newestTask(cli)).totals.kept])
  }
  const stay = "what is overwritten: old versions stay until a rule ends them"
  const gone = "what is removed: gone for good, no versions kept"
  expect(seen).toEqual([
    [["what is overwritten: the old ones are gone, no versions kept", gone], { replaced: false, removed: false }],
    [[stay, "what is removed: hidden until a rule ends them"], { replaced: true, removed: true }],
    [[stay, gone], { replaced: true, removed: false }]
  ])
  cli.write("from/a", "a third")
  const aside = await said("--backup-dir", "@/aside", "@/from", "@/to")
  expect(aside).toEqual([`what is overwritten: the old ones go to ${path.join(cli.folder, "aside")}`])
})
