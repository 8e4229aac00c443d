/** Providers that others wrote, good and bad ones. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { Effect } from "effect"
import { expect, it, vi } from "vitest"
import * as PluginFactory from "../../src/plugins/PluginFactory.ts"
import * as PluginPackage from "../../src/plugins/PluginPackage.ts"
import * as PluginProbe from "../../src/plugins/PluginProbe.ts"
import { makeCli } from "../Cli.ts"

/** As a package brings its own, it is imported by its address here. */
const effect = JSON.stringify(new URL(".", import.meta.resolve("effect/Effect")).href.replace(/\/$/, ""))

const head = `import * as Effect from ${effect.slice(0, -1)}/Effect.js"\nimport * as Stream from ${effect.slice(0, -1)}/Stream.js"\n`

/** Files of one root in memory, as little as a provider can be; it fails in three ways when it is asked to. */
const good = `
const files = new Map()
const place = { account: "memo", ways: [[{ name: "", id: "" }]] }
const error = (operation, path, tag, message) => ({ _tag: "StorageError", provider: "memo:", operation, path, reason: { _tag: tag, message } })
const stat = (path) => Effect.suspend(() => {
  if (path === "defect") throw new Error("a mistake of the plugin")
  if (path === "foreign") return Effect.fail(new Error("no error of the contract"))
  if (path === "new") return Effect.fail(error("stat", path, "Frozen", "a reason of the future"))
  const found = files.get(path)
  return found === undefined ? Effect.fail(error("stat", path, "NotFound", "there is no such file")) : Effect.succeed(found.file)
})
const provider = (name) => ({
  specification: 1, name, place, location: "",
  capabilities: { checksums: [], modifiedAtPrecision: 1, keepsNanoseconds: false, listsInOrder: true, isCaseSensitive: true, isLocal: false, hasDirectories: false, keepsVersions: false, keepsMetadata: false, maxPutSize: 1e9 },
  list: (directory) => Stream.suspend(() => Stream.fromIterable(directory === "" ? [...files.values()].map(({ file }) => file).sort((a, b) => (a.path < b.path ? -1 : 1)) : [])),
  stat,
  read: (file) => Stream.suspend(() => Stream.succeed(files.get(file.path).bytes)),
  readAll: (file) => Effect.sync(() => files.get(file.path).bytes),
  put: (path, source, { modifiedAt }) => Effect.map(source.bytes, (bytes) => {
    const file = { _tag: "File", path, size: bytes.length, modifiedAt, checksums: {} }
    files.set(path, { file, bytes })
    return file
  }),
  remove: (path) => Effect.sync(() => void files.delete(path))
})
export default {
  specification: 1, type: "memo", description: "Files in memory", placeOptions: [], environment: [],
  options: [{ name: "word", flag: "word", description: "A word", kind: "secret", isWhole: false, isRequired: true }],
  check: () => [], inDirectory: (location) => location, refusesLocation: () => undefined,
  connect: () => Effect.succeed({ id: "memo", open: (at) => Effect.succeed(provider(at.name + at.location)) })
}
`

const write = (folder: string, source: string, ourclone: object | null = { provider: "memo", specification: 1 }) => {
  fs.mkdirSync(folder, { recursive: true })
  const json = {
    name: "ourclone-provider-memo",
    version: "1.2.3",
    type: "module",
    exports: "./index.js",
    ...(ourclone === null ? {} : { ourclone })
  }
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(json))
  fs.writeFileSync(path.join(folder, "index.js"), source)
  return folder
}

const bad: ReadonlyArray<readonly [name: string, source: string, message: string]> = [
  ["throws", 'throw new Error("broken at once")', "could not be loaded: Error: broken at once"],
  ["misses a package", 'import "not-there"', "could not be loaded"],
  ["never settles", "await new Promise(() => {})", "did not finish loading within 1 s"],
  ["ends its process", "process.exit(7)", "ended the process (exit code 7) when it was tried"],
  [
    "fails a moment later",
    'setTimeout(() => { throw new Error("later") }, 10); export default {}',
    "could not be loaded: Error: later"
  ],
  ["exports nothing", "export const factory = 1", "has no default export that is a provider factory"],
  ["is of the future", good.replace("specification: 1, type", "specification: 3, type"), "is made for specification 3"],
  ["is built in", good.replace('type: "memo"', 'type: "b2"'), 'wants to be the type "b2", which is there already']
]

it("a plugin that can not be used is told by what is wrong with it, and harms nobody", async () => {
  const { folder } = makeCli()
  const told = await Promise.all(
    bad.map(([, source], index) => {
      const plugin = PluginPackage.read(write(path.join(folder, `bad-${index}`), head + source))
      return Effect.runPromise(Effect.flip(PluginProbe.probe(plugin, ["b2"], 1000 + (index === 2 ? 0 : 30_000))))
    })
  )
  for (const [index, [name, , message]] of bad.entries()) {
    expect(told[index]?.message, name).toContain(message)
    expect(told[index]?.message, name).toContain('"ourclone-provider-memo" 1.2.3')
  }
})

it("a package that does not say that it is a plugin is not run", () => {
  const { folder } = makeCli()
  const source = "process.exit(1)"
  expect(() => PluginPackage.read(write(path.join(folder, "other"), source, null))).toThrow('has no "ourclone"')
})

it("a plugin that does not sign in, or opens no place, is given up by its name", async () => {
  const { folder } = makeCli()
  const connecting = /connect: .*\n/
  for (const [index, connect] of [
    "connect: () => Effect.never",
    'connect: () => Effect.succeed({ id: "memo", open: () => Effect.never })',
    'connect: () => { throw new Error("a mistake") }'
  ].entries()) {
    const package_ = PluginPackage.read(
      write(path.join(folder, `still-${index}`), head + good.replace(connecting, `${connect}\n`))
    )
    const facts = await Effect.runPromise(PluginProbe.probe(package_, []))
    const factory = PluginFactory.factoryOf({ ...package_, from: "", facts }, { load: 10_000, open: 300 })
    const opened = ProviderFactory.open(factory, { word: "x" }, { name: "notes:", location: "" })
    const failed = await Effect.runPromise(Effect.scoped(Effect.flip(opened)))
    expect(failed.message).toContain('the plugin "ourclone-provider-memo" 1.2.3')
    expect(failed.message).toContain(index === 2 ? "failed by itself: a mistake" : "did not answer within 0.3 s")
  }
})

it("what a plugin prints is no result", async () => {
  const { folder } = makeCli()
  const prints = good.replace("const files", 'console.log("printed at once")\nconst files')
  const package_ = PluginPackage.read(
    write(
      path.join(folder, "loud"),
      head + prints.replace("connect: () =>", 'connect: () => console.info("printed later") ??')
    )
  )
  const facts = await Effect.runPromise(PluginProbe.probe(package_, []))
  const said = { out: "", error: "" }
  const noting = (stream: NodeJS.WriteStream, to: keyof typeof said) =>
    vi.spyOn(stream, "write").mockImplementation((text) => {
      said[to] += String(text)
      return true
    })
  const spies = [noting(process.stdout, "out"), noting(process.stderr, "error")]
  const before = { ...console }
  try {
    const factory = PluginFactory.factoryOf({ ...package_, from: "", facts })
    const opened = ProviderFactory.open(factory, { word: "x" }, { name: "notes:", location: "" })
    await Effect.runPromise(Effect.scoped(opened))
  } finally {
    Object.assign(console, before)
    for (const spy of spies) spy.mockRestore()
  }
  expect([said.out, said.error]).toEqual(["", "printed at once\nprinted later\n"])
})

it("a plugin that ends its process, or fails where nobody looks, is named in one line, and no other code is meant", async () => {
  const { configuration, folder, run } = makeCli()
  const main = path.join(import.meta.dirname, "..", "..", "src", "main.ts")
  const environment = {
    PATH: process.env.PATH,
    HOME: folder,
    OURCLONE_CONFIG: configuration
  }
  // By hand, since whoever adds a remote looks at it.
  fs.mkdirSync(path.dirname(configuration), { recursive: true })
  fs.writeFileSync(configuration, '[remotes.notes]\ntype = "memo"\nword = "canary"\n', { mode: 0o600 })
  for (const [what, line] of [
    ["process.exit(3)", "ended the process (exit code 3)"],
    ["process.exit(0)", "ended the process (exit code 0)"],
    ['setTimeout(() => { throw new Error("by and by") }, 10); return Stream.never', "failed by itself: by and by"],
    ['Promise.reject(new Error("at last")); return Stream.never', "failed by itself: at last"]
  ]) {
    const plugin = write(
      path.join(folder, "memo"),
      head +
        good.replace(
          "list: (directory) => Stream.suspend(() => ",
          `list: () => Stream.suspend(() => { ${what} }), none: (directory) => Stream.suspend(() => `
        )
    )
    expect((await run("plugin", "add", plugin)).code).toBe(0)
    const { status, stderr, stdout } = spawnSync(process.execPath, [main, "ls", "notes:"], {
      encoding: "utf8",
      env: environment
    })
    expect([status, stdout, stderr], what).toEqual([
      1,
      "",
      `error: the plugin "ourclone-provider-memo" 1.2.3 ${line}\n`
    ])
  }
}, 120_000)

it("a plugin is added from a folder, used like any other storage, fails alone, and is removed", async () => {
  const { folder, run, write: file } = makeCli()
  const plugin = write(path.join(folder, "memo"), head + good)
  const added = await run("plugin", "add", plugin)
  expect([added.code, added.out]).toEqual([0, expect.stringContaining("ourclone remote add NAME memo")])
  expect(added.error).toContain("a plugin can do all that you can do")
  expect((await run("plugin", "list")).out).toContain("memo")
  expect((await run("remote", "add", "notes", "memo")).error).toContain("word")
  expect((await run("remote", "add", "notes", "memo", "--word", "canary")).code).toBe(0)
  file("source/a.txt", "hello", 1_700_000_000_000)
  const copied = await run("copy", "@/source", "notes:")
  expect([copied.code, copied.error]).toEqual([0, expect.stringContaining("1 file copied")])
  expect((await run("cat", "notes:a.txt")).out).toBe("hello")
  for (const [name, message] of [
    ["defect", "failed by itself: a mistake of the plugin"],
    ["foreign", "failed by itself: no error of the contract"],
    ["new", "a reason of the future"]
  ] as const) {
    const failed = await run("stat", `notes:${name}`)
    expect([failed.code === 0, failed.error], name).toEqual([false, expect.stringContaining(message)])
  }
  const kept = await run("plugin", "remove", "memo")
  expect([kept.code, kept.error]).toEqual([1, expect.stringContaining("notes")])
  expect((await run("plugin", "remove", "memo", "--force")).code).toBe(0)
  expect((await run("ls", "notes:")).error).toContain('"memo"')
})
