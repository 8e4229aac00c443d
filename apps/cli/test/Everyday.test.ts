/** Commands that rclone's users reach for every day, and what a run would cost. */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdirSync, statSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import type { Emulator } from "@ourclone/b2-emulator/Emulator"
import { expect, test } from "vitest"
import { withB2, withS3 } from "./B2Cli.ts"
import { makeCli } from "./Cli.ts"

test("copyto and moveto give one file a name of its own, here and in a bucket", async () => {
  const { cli } = await withB2()
  cli.write("from/a.txt", "the text")
  expect((await cli.run("copyto", "@/from/a.txt", "b2:some-bucket/docs/b.txt")).code).toBe(0)
  expect((await cli.run("cat", "b2:some-bucket/docs/b.txt")).out).toBe("the text")
  expect((await cli.run("copyto", "b2:some-bucket/docs/b.txt", "b2:some-bucket/docs/c.txt")).code).toBe(0)
  expect((await cli.run("moveto", "b2:some-bucket/docs/c.txt", "b2:some-bucket/docs/d.txt")).code).toBe(0)
  expect((await cli.run("ls", "b2:some-bucket/docs")).out.match(/\S+$/gm)).toEqual(["b.txt", "d.txt"])
  expect((await cli.run("moveto", "@/from/a.txt", "@/from/renamed.txt")).code).toBe(0)
  expect(cli.list("from")).toEqual(["renamed.txt"])
  expect(cli.read("from/renamed.txt")).toBe("the text")
})

/** Bytes of files that an emulator was sent and gave away so far; listings and the like are a few hundred each. */
const moved = async ({ endpoint }: Emulator): Promise<number> => {
  const answer = await fetch(`${endpoint}/emulator/counts`)
  const { operations } = (await answer.json()) as {
    operations: Record<string, { bytesIn: number; bytesOut: number }>
  }
  return Object.values(operations).reduce((sum, { bytesIn, bytesOut }) => sum + bytesIn + bytesOut, 0)
}

test("moveto takes the place of another file of the same folder, also of one with the same bytes", async () => {
  const { cli } = await withB2()
  for (const [name, text] of [
    ["a", "new"],
    ["b", "older"],
    ["c", "same"],
    ["d", "same"]
  ] as const)
    cli.write(`from/${name}`, text, 1_000_000_000)
  await cli.run("copy", "@/from", "b2:some-bucket/docs")
  for (const place of ["b2:some-bucket/docs", "@/from"]) {
    expect((await cli.run("moveto", `${place}/a`, `${place}/b`)).code).toBe(0)
    expect((await cli.run("moveto", `${place}/c`, `${place}/d`)).code).toBe(0)
    expect((await cli.run("cat", `${place}/b`)).out).toBe("new")
    expect((await cli.run("cat", `${place}/d`)).out).toBe("same")
    for (const gone of ["a", "c"]) expect((await cli.run("cat", `${place}/${gone}`)).code).toBe(4)
  }
})

test.each(["b2", "s3"])("copyto and moveto within an account of %s move no bytes, and keep headers", async (type) => {
  const { cli: b2, emulator } = await withB2({ s3: {} })
  const cli = type === "b2" ? b2 : withS3(emulator)
  const place = `${type}:some-bucket`
  await b2.run("bucket", "create", "b2:some-bucket")
  await b2.run("bucket", "create", "b2:other-bucket")
  const size = 12_000_000
  cli.write("from/a.txt", "a".repeat(300_000))
  cli.write("from/large.bin", "b".repeat(size))
  const given = ["--header-upload", "Cache-Control: max-age=600", "--header-upload", "Content-Language: de"]
  expect((await cli.run("copy", "@/from", place, ...given)).code).toBe(0)
  const before = await moved(emulator)
  for (const name of ["a.txt", "large.bin"]) {
    expect((await cli.run("copyto", `${place}/${name}`, `${place}/docs/copied-${name}`)).code).toBe(0)
    const { code, error } = await cli.run("moveto", `${place}/${name}`, `${type}:other-bucket/moved-${name}`)
    expect([code, error]).toEqual([0, expect.stringContaining("moved")])
  }
  expect((await moved(emulator)) - before).toBeLessThan(100_000)
  expect((await cli.run("ls", place)).out.match(/\S+$/gm)).toEqual(["docs/copied-a.txt", "docs/copied-large.bin"])
  for (const at of ["some-bucket/docs/copied-a.txt", "some-bucket/docs/copied-large.bin", "other-bucket/moved-a.txt"]) {
    const link = (await b2.run("link", "--expire", "1h", `b2:${at}`)).out.trim()
    const { body, headers } = await fetch(link)
    await body?.cancel()
    expect([at, headers.get("cache-control"), headers.get("content-language")]).toEqual([at, "max-age=600", "de"])
  }
})

test("a file that is to lie inside a file stops with these words", async () => {
  const { cli } = await withB2()
  cli.write("from/a.txt", "a")
  await cli.run("copy", "@/from", "b2:some-bucket")
  for (const verb of ["copyto", "moveto"]) {
    for (const place of ["b2:some-bucket", "@/from"]) {
      const { code, error } = await cli.run(verb, `${place}/a.txt`, `${place}/a.txt/inner`)
      expect([verb, place, code, error]).toEqual([verb, place, 25, expect.stringContaining("can not lie inside")])
    }
  }
  expect((await cli.run("cat", "b2:some-bucket/a.txt")).out).toBe("a")
  expect(cli.read("from/a.txt")).toBe("a")
})

test("copyto of a folder is a copy, and of a file to itself stops", async () => {
  const { list, read, run, write } = makeCli()
  write("from/a.txt", "a")
  expect((await run("copyto", "@/from", "@/to")).code).toBe(0)
  expect(list("to")).toEqual(["a.txt"])
  for (const verb of ["copyto", "moveto"]) {
    expect((await run(verb, "@/from/a.txt", "@/from/a.txt")).code).toBe(25)
  }
  expect(read("from/a.txt")).toBe("a")
})

test.each(["sha1", "md5", "sha256"])("hashsum %s prints what its program would", async (algorithm) => {
  const { cli } = await withB2()
  cli.write("from/a.txt", "a")
  cli.write("from/d/b.txt", "b")
  await cli.run("copy", "@/from", "b2:some-bucket")
  const of = (text: string) => createHash(algorithm).update(text).digest("hex")
  const expected = `${of("a")}  a.txt\n${of("b")}  d/b.txt\n`
  expect((await cli.run("hashsum", algorithm, "b2:some-bucket")).out).toBe(expected)
  expect((await cli.run("hashsum", algorithm, "@/from")).out.split("\n").sort()).toEqual(expected.split("\n").sort())
  expect((await cli.run("hashsum", algorithm, "@/from/a.txt")).out).toBe(`${of("a")}  a.txt\n`)
  expect((await cli.run("hashsum", algorithm, "@/nowhere")).code).toBe(4)
  for (const typed of [algorithm.toUpperCase(), algorithm.replace(/^sha/, "SHA-"), algorithm.replace(/^sha/, "Sha-")]) {
    expect((await cli.run("hashsum", typed, "b2:some-bucket")).out).toBe(expected)
  }
})

test.each(["b2", "s3"])("size and du of an account of %s count what is in all of its buckets", async (type) => {
  const { cli: b2, emulator } = await withB2({ s3: {} })
  for (const bucket of ["first-bucket", "second-bucket", "third-bucket"])
    await b2.run("bucket", "create", `b2:${bucket}`)
  b2.write("from/a.txt", "abc")
  b2.write("from/d/b.log", "de")
  await b2.run("copy", "@/from", "b2:first-bucket")
  await b2.run("copy", "@/from/d", "b2:second-bucket/e")
  const { run } = type === "b2" ? b2 : withS3(emulator)
  const rows = async (...words: ReadonlyArray<string>) => {
    const { code, out } = await run(...words, "--json")
    expect([words, code]).toEqual([words, 0])
    return out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
  }
  expect(await rows("size", `${type}:`)).toEqual([expect.objectContaining({ files: 3, bytes: 7 })])
  expect(await rows("size", `${type}://`, "--include", "second-bucket/**")).toEqual([
    expect.objectContaining({ files: 1, bytes: 2 })
  ])
  expect((await rows("du", `${type}:`)).map(({ path, files, bytes }) => [path, files, bytes])).toEqual([
    ["", 3, 7],
    ["first-bucket", 2, 5],
    ["first-bucket/d", 1, 2],
    ["second-bucket", 1, 2],
    ["second-bucket/e", 1, 2],
    ["third-bucket", 0, 0]
  ])
  expect((await run("ls", `${type}:`)).out.match(/\S+$/gm)).toEqual([
    "first-bucket/",
    "second-bucket/",
    "third-bucket/"
  ])
})

test("hashsum of what is no digest names those that there are", async () => {
  const { run } = makeCli()
  for (const typed of ["sha", "sha-", "crc32", "constructor"]) {
    expect(await run("hashsum", typed, "@/from")).toMatchObject({
      code: 2,
      error: expect.stringContaining("sha1 | md5 | sha256")
    })
  }
})

test("serving in the open is wrong usage, and names the flags that would do", async () => {
  const { folder, run, write } = makeCli()
  write("from/a.txt", "a")
  const addr = ["--addr", "0.0.0.0:0", `${folder}/from`]
  for (const [kind, ...more] of [["http"], ["restic"], ["webdav", "--cache-dir", `${folder}/cache`]]) {
    const { code, error } = await run("serve", kind!, ...more, ...addr)
    expect([kind, code, error]).toEqual([
      kind,
      2,
      expect.stringMatching(/unencrypted; .*--tls-certificate.*--behind-tls/)
    ])
    const everybody = await run("serve", kind!, "--behind-tls", "--no-password", ...more, ...addr)
    expect([kind, everybody]).toEqual([
      kind,
      { code: 2, out: "", error: expect.stringContaining("leave --no-password") }
    ])
  }
})

test("a place of a remote of one letter that is not there is no folder", async () => {
  const { run, write } = makeCli()
  write("from/a.txt", "a")
  const { code, error } = await run("copy", "@/from", "m:bkt/q")
  expect([code, error]).toEqual([2, expect.stringContaining('no remote is called "m"')])
})

test.runIf(spawnSync("sha1sum", ["--version"]).status === 0)(
  "what hashsum prints is read by sha1sum --check, whatever the names hold",
  async () => {
    const { folder, run, write } = makeCli()
    const names = ["plain", "new\nline", "back\\slash", "both\\\nof\rthem", "␊ as it is", "‛E9"]
    for (const name of names) write(`from/${name}`, name)
    const { code, out } = await run("hashsum", "sha1", "@/from")
    expect([code, out.trim().split("\n").length]).toEqual([0, names.length])
    const checked = spawnSync("sha1sum", ["--check", "--strict"], {
      cwd: `${folder}/from`,
      input: out,
      encoding: "utf8"
    })
    expect([checked.status, checked.stderr]).toEqual([0, ""])
  }
)

test("link gives an address by which the file can be read without a key, and no other", async () => {
  const { cli } = await withB2()
  cli.write("from/a b.txt", "shared")
  cli.write("from/other.txt", "not shared")
  await cli.run("copy", "@/from", "b2:some-bucket")
  const { code, out } = await cli.run("link", "--expire", "1h", "b2:some-bucket/a b.txt")
  expect(code).toBe(0)
  expect(await (await fetch(out.trim())).text()).toBe("shared")
  expect((await fetch(out.trim().replace("a%20b.txt", "other.txt"))).status).toBe(401)
  const long = await cli.run("link", "--expire", "8d", "b2:some-bucket/a b.txt")
  expect([long.code, long.error]).toEqual([2, "error: --expire: an address is good for 7 days at most\n"])
  expect((await cli.run("link", "--expire", "7d", "b2:some-bucket/a b.txt")).code).toBe(0)
  expect((await cli.run("link", "--help")).out.replace(/\s+/g, " ")).toContain("a day without it, and 7 days at most")
  expect((await cli.run("link", "b2:some-bucket/nothing.txt")).code).toBe(4)
  expect((await cli.run("link", "@/from/other.txt")).code).toBe(2)
})

test("mkdir makes a bucket, once, and none where none is to be made", async () => {
  const { cli } = await withB2()
  expect((await cli.run("mkdir", "--no-create-bucket", "b2:some-bucket")).code).toBe(2)
  for (let time = 0; time < 2; time++) expect((await cli.run("mkdir", "b2:some-bucket")).code).toBe(0)
  expect((await cli.run("bucket", "list", "b2:")).out).toMatch(/^some-bucket +private /)
})

test("touch gives a file another time, and makes an empty one", async () => {
  const { cli } = await withB2()
  cli.write("from/a.txt", "kept")
  await cli.run("copy", "@/from", "b2:some-bucket")
  expect((await cli.run("touch", "-t", "2024-02-29T12:00:00", "b2:some-bucket/a.txt")).code).toBe(0)
  const [file] = JSON.parse((await cli.run("lsjson", "b2:some-bucket")).out)
  expect(new Date(file.ModTime).toISOString()).toBe("2024-02-29T12:00:00.000Z")
  expect((await cli.run("cat", "b2:some-bucket/a.txt")).out).toBe("kept")
  expect((await cli.run("touch", "@/made")).code).toBe(0)
  expect(cli.read("made")).toBe("")
  expect((await cli.run("touch", "-C", "@/not-made")).code).toBe(0)
  expect(cli.list(".")).not.toContain("not-made")
})

test("touch of a folder names what it could not take up, and ends as that says", async () => {
  const cli = makeCli()
  const password = "obscured-Zk3VgLZqmVYhHqSHOlRyCw"
  cli.write("from/a.txt", "kept")
  expect(
    (await cli.run("remote", "add", "secret", "crypt", "--remote", "@/beneath", "--password", password)).code
  ).toBe(0)
  await cli.run("copy", "@/from", "secret:")
  cli.write("beneath/not-encrypted", "by somebody else")
  const touched = await cli.run("touch", "-R", "-t", "2024-02-29T12:00:00", "secret:")
  expect([touched.code, touched.error]).toEqual([3, expect.stringMatching(/^1 file failed:\n +not-encrypted: /m)])
  const [file] = JSON.parse((await cli.run("lsjson", "secret:")).out)
  expect(new Date(file.ModTime).toISOString()).toBe("2024-02-29T12:00:00.000Z")
})

test.each([
  ["2006-01-02T15:04:05", "2006-01-02T15:04:05.000Z"],
  ["2006-01-02T15:04:05.123456789", "2006-01-02T15:04:05.123Z"],
  ["2006-01-02T15:04:05+02:00", "2006-01-02T13:04:05.000Z"],
  ["171030", "2017-10-30T00:00:00.000Z"],
  ["690101", "1969-01-01T00:00:00.000Z"],
  ["2024-02-29", "2024-02-29T00:00:00.000Z"]
])("touch -t %s is %s, as for rclone", async (typed, expected) => {
  const { folder, run } = makeCli()
  expect((await run("touch", "-t", typed, "@/a")).code).toBe(0)
  expect(statSync(`${folder}/a`).mtime.toISOString()).toBe(expected)
})

test("--localtime reads the time in the zone of this machine, and what is no time is refused", async () => {
  const { folder, run } = makeCli()
  expect((await run("touch", "-t", "2006-01-02T15:04:05", "--localtime", "@/a")).code).toBe(0)
  expect(statSync(`${folder}/a`).mtimeMs).toBe(new Date(2006, 0, 2, 15, 4, 5).getTime())
  const refused = await run("touch", "-t", "noon", "@/b")
  expect([refused.code, refused.error]).toEqual([2, expect.stringContaining('--timestamp "noon" is no time')])
})

test("hashsum --download reads what is there, whatever the storage says that its digest is", async () => {
  const { cli, emulator } = await withB2()
  cli.write("from/a.txt", "a")
  await cli.run("copy", "@/from", "b2:some-bucket")
  const of = async (...flags: ReadonlyArray<string>) => {
    emulator.log?.reset()
    const { out } = await cli.run("hashsum", "sha1", ...flags, "b2:some-bucket")
    return [out, emulator.log?.requests().some(({ operation }) => operation.includes("download"))]
  }
  const line = `${createHash("sha1").update("a").digest("hex")}  a.txt\n`
  expect(await of()).toEqual([line, false])
  expect(await of("--download")).toEqual([line, true])
})

test("du tells what each folder holds with all that is below it", async () => {
  const { run, write } = makeCli()
  write("d/a/b/1", "12345")
  write("d/a/2", "1")
  write("d/3", "12")
  const { out } = await run("du", "--json", "@/d")
  expect(
    out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
  ).toEqual([
    { _tag: "Usage", path: "", files: 3, bytes: 8 },
    { _tag: "Usage", path: "a", files: 2, bytes: 6 },
    { _tag: "Usage", path: "a/b", files: 1, bytes: 5 }
  ])
  expect((await run("du", "--max-depth", "1", "@/d")).out).toMatch(/^ +8 B +3 files {2}\.\n +6 B +2 files {2}a\n$/)
})

test("--dry-run says what a run would cost, and --max-cost does nothing where that is more", async () => {
  const { cli } = await withB2()
  cli.write("from/big", "")
  cli.truncate("from/big", 3_000_000_000)
  const dry = await cli.run("copy", "--dry-run", "@/from", "b2:some-bucket")
  expect(dry.error).toMatch(
    /it sends 2\.8 GiB, costs less than 0\.01 USD at once and 0\.02 a month, by the rates of \d{4}-\d\d/
  )
  const refused = await cli.run("copy", "--max-cost", "0.01", "@/from", "b2:some-bucket")
  expect([refused.code, refused.error]).toEqual([8, expect.stringContaining("so nothing was done")])
  expect((await cli.run("ls", "b2:")).out).not.toContain("some-bucket")
  expect((await cli.run("copy", "--dry-run", "@/from", "@/to")).error).not.toContain("costs")

  // By rates of one's own, where there are some.
  const rates = (storedGBMonth: number) => {
    mkdirSync(dirname(cli.configuration), { recursive: true })
    const text = `[rates]\nasOf = "2026-12-01"\nstoredGBMonth = ${storedGBMonth}\nfetchedGB = 0\n`
    writeFileSync(cli.configuration, text, { mode: 0o600 })
  }
  rates(1)
  expect((await cli.run("copy", "--dry-run", "@/from", "b2:some-bucket")).error).toMatch(
    /costs less than 0\.01 USD at once and 3\.00 a month, by the rates of 2026-12-01/
  )
  expect((await cli.run("copy", "--max-cost", "2", "@/from", "b2:some-bucket")).code).toBe(8)
  rates(0.0001)
  expect((await cli.run("copy", "--max-cost", "0.01", "@/from", "b2:some-bucket", "--dry-run")).code).toBe(0)
  rates(-1)
  const wrong = await cli.run("copy", "--dry-run", "@/from", "b2:some-bucket")
  expect([wrong.code, wrong.error]).toEqual([2, expect.stringContaining("needs a number from 0 on for storedGBMonth")])
})
