/** A bucket may hold the file `q/a` and the folder `q/a/`: a slash at its end says which one a text means. */
import { expect, test } from "vitest"
import { withB2, withS3 } from "./B2Cli.ts"
import type { Cli } from "./Cli.ts"

const file = "b2:some-bucket/q/a"
const folder = `${file}/`

/** `q/a`, 6 bytes, and `q/a/b`, 11 bytes. */
const withBoth = async (): Promise<Cli> => {
  const { cli } = await withB2()
  cli.write("file/a", "a file")
  cli.write("folder/b", "in a folder")
  for (const [from, to] of [
    ["@/folder", file],
    ["@/file", "b2:some-bucket/q"]
  ] as const) {
    expect((await cli.run("copy", from, to)).code).toBe(0)
  }
  return cli
}

const pathsIn = (out: string): ReadonlyArray<string> =>
  out
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line.replace(/,$/, "")) as { path?: string; Path?: string })
    .map(({ Path, path = Path }) => path ?? "")

test("ls, lsjson, tree, size, stat, cat and versions show the file without a slash, and the folder with it", async () => {
  const cli = await withBoth()
  for (const words of [["ls", "--json"], ["lsjson"], ["versions", "--json"]]) {
    expect(pathsIn((await cli.run(...words, file)).out), words.join(" ")).toEqual(["a"])
    expect(pathsIn((await cli.run(...words, folder)).out), words.join(" ")).toEqual(["b"])
  }
  expect((await cli.run("tree", file)).out).toContain("└── a\n")
  expect((await cli.run("tree", folder)).out).toContain("└── b\n")
  expect((await cli.run("size", file)).out).toContain("1 file, 6 bytes")
  expect((await cli.run("size", folder)).out).toContain("1 file, 11 bytes")
  expect((await cli.run("stat", file)).out).toContain("6 bytes")
  expect((await cli.run("stat", folder)).out).toContain("is a folder")
  expect((await cli.run("cat", file)).out).toBe("a file")
  expect(await cli.run("cat", folder)).toMatchObject({ code: 4, error: expect.stringContaining("is a folder") })
})

test("a listing of the folder around them shows both", async () => {
  const cli = await withBoth()
  expect(pathsIn((await cli.run("ls", "--json", "b2:some-bucket/q")).out)).toEqual(["a", "a/b"])
  expect((await cli.run("tree", "b2:some-bucket/q")).out).toContain("├── a\n└── a/\n    └── b\n")
  const { tree } = JSON.parse((await cli.run("tree", "--json", "b2:some-bucket/q")).out)
  expect(tree).toEqual({ a: null, "a/": { b: null } })
})

test("copy, sync, check and move take the file without a slash, and the folder with it", async () => {
  const cli = await withBoth()
  for (const verb of ["copy", "sync", "move"]) {
    const preview = (place: string) => cli.run(verb, "--dry-run", place, "@/nowhere")
    expect((await preview(file)).out, verb).toContain(" a (missing)")
    expect((await preview(folder)).out, verb).toContain(" b (missing)")
  }
  for (const verb of ["copy", "sync"]) {
    await cli.run(verb, file, `@/${verb}-file`)
    await cli.run(verb, folder, `@/${verb}-folder`)
    expect(cli.list(`${verb}-file`)).toEqual(["a"])
    expect(cli.list(`${verb}-folder`)).toEqual(["b"])
  }
  expect((await cli.run("check", folder, "@/folder")).code).toBe(0)
  expect((await cli.run("check", file, "@/file")).code).toBe(0)
  expect((await cli.run("check", file, "@/folder")).code).toBe(1)
  await cli.run("move", file, "@/moved")
  expect(cli.list("moved")).toEqual(["a"])
  expect(pathsIn((await cli.run("ls", "--json", "b2:some-bucket")).out)).toEqual(["q/a/b"])
})

test("rm removes the file without a slash, and the folder with it", async () => {
  const cli = await withBoth()
  expect((await cli.run("rm", folder)).code).toBe(2)
  expect((await cli.run("rm", "-r", file)).code).toBe(0)
  expect(pathsIn((await cli.run("ls", "--json", "b2:some-bucket")).out)).toEqual(["q/a/b"])
  await cli.run("copy", "@/file", "b2:some-bucket/q")
  expect((await cli.run("rm", "-r", folder)).code).toBe(0)
  expect(pathsIn((await cli.run("ls", "--json", "b2:some-bucket")).out)).toEqual(["q/a"])
})

test("cleanup removes old versions of the file without a slash, and of what is in the folder with it", async () => {
  const cli = await withBoth()
  cli.write("file/a", "another file")
  cli.write("folder/b", "another in a folder")
  await cli.run("copy", "@/folder", folder)
  await cli.run("copy", "@/file", "b2:some-bucket/q")
  const kept = async () => pathsIn((await cli.run("versions", "--json", "b2:some-bucket")).out)
  expect(await kept()).toEqual(["q/a", "q/a", "q/a/b", "q/a/b"])
  expect((await cli.run("cleanup", "--old-versions", file)).code).toBe(0)
  expect(await kept()).toEqual(["q/a", "q/a/b", "q/a/b"])
  await cli.run("copy", "@/file", "b2:some-bucket/q")
  expect((await cli.run("cleanup", "--old-versions", folder)).code).toBe(0)
  expect(await kept()).toEqual(["q/a", "q/a/b"])
})

const asFolder = ["copy", "sync", "move", "copyto", "moveto"]

test.each(["b2", "s3"])(
  "a file of %s where a folder is meant is named as one, and with a slash the folder is meant",
  async (type) => {
    const { cli: b2, emulator } = await withB2({ s3: {} })
    const cli = type === "b2" ? b2 : withS3(emulator)
    expect((await b2.run("bucket", "create", "b2:some-bucket")).code).toBe(0)
    cli.write("from/a", "a")
    cli.write("from/b", "b")
    const place = `${type}:some-bucket/q`
    expect((await cli.run("copyto", "@/from/a", place)).code).toBe(0)
    for (const verb of asFolder) {
      for (const flags of [[], ["--dry-run"]]) {
        const { code, error } = await cli.run(verb, ...flags, "@/from", place)
        expect([verb, code, error]).toEqual([
          verb,
          2,
          expect.stringContaining(`${place}: it is a file: name the folder`)
        ])
      }
    }
    expect((await cli.run("copy", "@/from/a", place)).code).toBe(2)
    expect((await cli.run("ls", "--json", `${type}:some-bucket`)).out.match(/"path":"[^"]*"/g)).toEqual(['"path":"q"'])
    expect((await cli.run("copy", "@/from", `${place}/`)).code).toBe(0)
    expect((await cli.run("cat", `${place}/b`)).out).toBe("b")
  }
)

test.each(["b2", "s3"])("a folder of %s where a file is to go is named as one", async (type) => {
  const { cli: b2, emulator } = await withB2({ s3: {} })
  const cli = type === "b2" ? b2 : withS3(emulator)
  expect((await b2.run("bucket", "create", "b2:some-bucket")).code).toBe(0)
  cli.write("from/a", "a")
  const place = `${type}:some-bucket/q`
  expect((await cli.run("copy", "@/from", place)).code).toBe(0)
  for (const words of [
    ["touch"],
    ["copyto", "@/from/a"],
    ["moveto", "@/from/a"],
    ["copyurl", "http://127.0.0.1:9/x"]
  ]) {
    const { code, error } = await cli.run(...words, place)
    expect([words, code, error]).toEqual([
      words,
      2,
      expect.stringContaining("a folder stands where the file should go")
    ])
  }
  expect((await cli.run("ls", "--json", `${type}:some-bucket`)).out.match(/"path":"[^"]*"/g)).toEqual(['"path":"q/a"'])
  // Where both are there already, the file is meant.
  expect((await cli.run("copy", "@/from/a", `${type}:some-bucket`)).code).toBe(0)
  expect((await cli.run("copy", "@/from", `${type}:some-bucket/a/`)).code).toBe(0)
  expect((await cli.run("touch", `${type}:some-bucket/a`)).code).toBe(0)
})
