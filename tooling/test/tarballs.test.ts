/** What is published works outside the workspace: packed, installed in an empty folder, used from there. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { libraries, output, packAll, root } from "../release/packages.ts"
import { stage } from "../release/standalone.ts"

const documentation = fs.readFileSync(path.join(root, "docs", "writing-a-provider.md"), "utf8")
/** The whole provider that the documentation shows. */
const [, documented = ""] = /```ts\n([\s\S]*?)```/.exec(documentation) ?? []

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "our clone "))

const run = (program: string, ...args: ReadonlyArray<string>) =>
  spawnSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: "", XDG_STATE_HOME: "", XDG_CACHE_HOME: "" }
  })

let tarballs: Readonly<Record<string, string>> = {}

beforeAll(() => {
  output("turbo", ["build"], root)
  tarballs = Object.fromEntries(
    [...packAll(path.join(folder, "tarballs"))].map(([name, file]) => [name, `file:${file}`])
  )
  const effect = JSON.parse(
    fs.readFileSync(path.join(root, "packages", "core", "node_modules", "effect", "package.json"), "utf8")
  ).version
  fs.writeFileSync(
    path.join(folder, "package.json"),
    JSON.stringify({ name: "stranger", private: true, type: "module", dependencies: { ...tarballs, effect } })
  )
  const workspace = [
    "overrides:",
    ...Object.entries(tarballs).map(([name, file]) => `  ${JSON.stringify(name)}: ${JSON.stringify(file)}`),
    "allowBuilds:",
    "  koffi: false",
    "  fuse-napi: false",
    "  cpu-features: false",
    "  ssh2: false",
    "  msgpackr-extract: false"
  ]
  fs.writeFileSync(path.join(folder, "pnpm-workspace.yaml"), `${workspace.join("\n")}\n`)
  output("pnpm", ["install", "--prefer-offline", "--no-frozen-lockfile"], folder)
}, 600_000)

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

it("the provider of the documentation has some sixty lines, none of them long", () => {
  const lines = documented.split("\n").filter((line) => line.trim() !== "")
  expect(lines.length).toBeGreaterThan(20)
  expect(lines.length).toBeLessThanOrEqual(66)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(125)
})

describe("the packed packages", () => {
  it("hold JavaScript and types, and no TypeScript source", () => {
    for (const library of libraries) {
      const installed = path.join(folder, "node_modules", "@ourclone", library)
      const files = fs.globSync("**/*", { cwd: installed, exclude: (name) => /(^|\/)node_modules$/.test(name) })
      expect(files.some((file) => file.endsWith(".js"))).toBe(true)
      expect(files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))).toEqual([])
    }
  })

  it("let a stranger's provider take part in a sync, and a stranger make a backup", () => {
    fs.writeFileSync(path.join(folder, "provider.ts"), documented)
    const stranger = fs.readFileSync(path.join(import.meta.dirname, "stranger", "stranger.ts"), "utf8")
    // In the checkout its provider is not there.
    fs.writeFileSync(path.join(folder, "stranger.ts"), stranger.replace(/^\/\/ @ts-expect-error.*\n/m, ""))
    const { status, stderr, stdout } = run(process.execPath, "stranger.ts")
    expect([status, stderr.replace(/^.*Warning.*\n/gm, "")]).toEqual([0, ""])
    const told = Object.assign(
      {},
      ...stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
    )
    expect(told.sync).toMatchObject({ outcome: "done", summary: { stored: 2 } })
    expect(told.backup).toMatchObject({ outcome: "done", summary: { filesNew: 2, failures: 0 } })
  })

  it("bring types that fit a strict compiler", () => {
    const options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2024", "--types", "node"]
    const files = ["--allowImportingTsExtensions", "provider.ts", "stranger.ts"]
    const roots = ["--typeRoots", path.join(root, "node_modules", "@types"), "--skipLibCheck"]
    const { status, stdout } = run(path.join(root, "node_modules", ".bin", "tsc"), ...options, ...roots, ...files)
    expect([status, stdout]).toEqual([0, ""])
  })

  it("the command has its help written down, manual pages, and a word for an old Node", () => {
    const installed = path.join(folder, "node_modules", "ourclone")
    const command = path.join("node_modules", ".bin", "ourclone")
    const { status, stdout } = run(command, "repo", "key", "add", "--help")
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^DESCRIPTION\n {2}Add a password .*USAGE/s)])
    const texts = JSON.parse(fs.readFileSync(path.join(installed, "dist", "help.json"), "utf8"))
    expect(texts["repo key add"]).toContain("Add a")
    const { man } = JSON.parse(fs.readFileSync(path.join(installed, "package.json"), "utf8"))
    expect(man).toContain("./dist/man/ourclone-copy.1")
    for (const page of man) expect(fs.existsSync(path.join(installed, page))).toBe(true)

    const version = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.1.0' } })"
    const main = path.join(installed, "dist", "main.mjs")
    const old = run(process.execPath, "--import", `data:text/javascript,${version}`, main)
    expect([old.status, old.stdout, old.stderr]).toEqual([
      1,
      "",
      "ourclone: it needs Node 24 or newer, and this is Node 22.1.0: see https://nodejs.org\n"
    ])
  })

  it("the command runs", () => {
    const { status, stdout } = run(path.join("node_modules", ".bin", "ourclone"), "version")
    expect(stdout).toMatch(/^ourclone \d/)
    expect(status).toBe(0)
  })

  it("the folder that brings its own Node keeps all of a file, whatever else the machine has", () => {
    const home = path.join(folder, "own node")
    stage(home)
    const at = (...names: ReadonlyArray<string>): string => path.join(home, "trial", ...names)
    fs.mkdirSync(at("files"), { recursive: true })
    fs.writeFileSync(at("files", "a.txt"), "a")
    fs.utimesSync(at("files", "a.txt"), 1.000001, 1.000001)
    const command = path.join(home, "bin", "ourclone")
    const env = { PATH: "/usr/bin:/bin", HOME: at(), OURCLONE_PASSWORD: "p", OURCLONE_REPOSITORY: at("repository") }
    for (const words of [
      ["repo", "init"],
      ["backup", at("files")],
      ["restore", "latest", "--target", at("back")]
    ]) {
      const { status, stderr } = spawnSync(command, words, { env, encoding: "utf8" })
      expect([words[0], status, stderr]).toEqual([words[0], 0, expect.not.stringContaining("error")])
    }
    const times = [at("files", "a.txt"), path.join(at("back"), at("files", "a.txt"))].map(
      (file) => fs.statSync(file, { bigint: true }).mtimeNs
    )
    expect(times[1]).toBe(times[0])
  }, 300_000)
})

describe("a package that new-provider made", () => {
  const made = path.join(folder, "made")
  const source = path.join(made, "src", "provider.ts")
  const built = () => {
    const types = ["--typeRoots", path.join(root, "node_modules", "@types")]
    output(path.join(root, "node_modules", ".bin", "tsc"), ["-p", "tsconfig.json", ...types], made)
  }
  const tested = () => {
    const { status, stdout } = spawnSync("npm", ["test"], { cwd: made, encoding: "utf8" })
    const counted = (what: string) => Number(new RegExp(`^. ${what} (\\d+)$`, "m").exec(stdout)?.[1])
    return { status, stdout, pass: counted("pass"), fail: counted("fail") }
  }

  it("fails the checks of the contract, and says what is not written", () => {
    output(process.execPath, [path.join(root, "tooling", "new-provider.ts"), "toy", made], root)
    built()
    const { fail, pass, status, stdout } = tested()
    expect(status).toBe(1)
    expect(fail).toBeGreaterThan(pass)
    for (const method of ["list", "put"]) expect(stdout).toContain(`"${method}" is not written yet`)
  })

  it("keeps the contract once the provider of the documentation stands in it", () => {
    fs.writeFileSync(source, `${documented.replaceAll("archive", "toy")}\nexport default factory\n`)
    built()
    const { fail, pass, status } = tested()
    expect([status, fail]).toEqual([0, 0])
    expect(pass).toBeGreaterThan(25)
  })
})

describe("the example of a provider, from its tarball in an empty home", () => {
  const example = path.join(folder, "example")
  const home = path.join(folder, "empty home")
  const plugins = path.join(home, ".local", "share", "ourclone", "plugins")
  let fake: ChildProcess
  let given: { readonly account: string; readonly key: string; readonly endpoint: string }

  const ourclone = (...words: ReadonlyArray<string>) => {
    const { NODE_EXTRA_CA_CERTS, PATH } = process.env
    // npm alone knows the registry of whoever runs this.
    const npm = { NODE_EXTRA_CA_CERTS, npm_config_userconfig: path.join(os.homedir(), ".npmrc") }
    const env = { ...npm, PATH, HOME: home, AZURE_KEY: given.key }
    const { status, stderr, stdout } = spawnSync(path.join(folder, "node_modules", ".bin", "ourclone"), words, {
      cwd: home,
      encoding: "utf8",
      env
    })
    return { status, stderr, stdout }
  }
  const names = (place: string) => ourclone("ls", place).stdout.trim().split("\n")

  beforeAll(async () => {
    const from = path.join(root, "examples", "provider-azure")
    fs.cpSync(from, example, {
      recursive: true,
      filter: (file) => !/node_modules|dist$/.test(path.relative(from, file))
    })
    const types = ["--typeRoots", path.join(root, "node_modules", "@types")]
    output(path.join(root, "node_modules", ".bin", "tsc"), ["-p", "tsconfig.json", ...types], example)
    output("npm", ["pack"], example)
    fs.mkdirSync(plugins, { recursive: true })
    // What a registry would bring.
    const overrides = { "@ourclone/core": tarballs["@ourclone/core"] }
    fs.writeFileSync(path.join(plugins, "package.json"), JSON.stringify({ private: true, overrides }))
    fs.mkdirSync(path.join(home, "photos", "2024"), { recursive: true })
    fs.writeFileSync(path.join(home, "photos", "a.txt"), "a picture")
    fs.writeFileSync(path.join(home, "photos", "2024", "b é.txt"), "another")
    fake = spawn(process.execPath, [path.join(example, "test", "FakeAzure.ts"), "album", "tried"], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    const [line] = (await once(fake.stdout!.setEncoding("utf8"), "data")) as [string]
    given = JSON.parse(line)
  }, 120_000)

  afterAll(() => void fake?.kill())

  it("is added, keeps files, and keeps the contract", () => {
    const added = ourclone("plugin", "add", path.join(example, "ourclone-provider-azure-0.1.0.tgz"))
    expect([added.status, added.stdout]).toEqual([0, expect.stringContaining("ourclone remote add NAME azure")])
    const options = ["--account", given.account, "--key", "env:AZURE_KEY", "--endpoint", given.endpoint]
    expect(ourclone("remote", "add", "cloud", "azure", ...options)).toMatchObject({ status: 0 })
    expect(ourclone("sync", "photos", "cloud:album/all")).toMatchObject({ status: 0 })
    expect(ourclone("check", "photos", "cloud:album/all")).toMatchObject({ status: 0 })
    expect(ourclone("copy", "cloud:album/all", "back")).toMatchObject({ status: 0 })
    expect(fs.readFileSync(path.join(home, "back", "2024", "b é.txt"), "utf8")).toBe("another")
    const nowhere = ourclone("ls", "cloud:")
    expect([nowhere.status, nowhere.stderr]).toEqual([2, expect.stringContaining("name a container: cloud:CONTAINER")])
    const tested = ourclone("remote", "test", "cloud:tried")
    expect([tested.status, tested.stdout]).toEqual([0, expect.not.stringContaining("FAIL")])
  }, 300_000)

  it("harms nothing else when it ends its process, crashes later, or can not be loaded", () => {
    const module = path.join(plugins, "node_modules", "ourclone-provider-azure", "dist", "AzureProvider.js")
    const whole = fs.readFileSync(module, "utf8")
    const put = "put: BlobWriting.put(place)"
    expect(whole).toContain(put)
    const crash = "put: () => (setTimeout(() => { throw new Error('a crash') }), Effect.never)"
    for (const [broken, said] of [
      [whole.replace(put, "put: () => process.exit(0)"), "ended the process (exit code 0)"],
      [whole.replace(put, crash), "failed by itself: a crash"],
      ["throw new Error('no such provider')", "could not be loaded"]
    ] as const) {
      fs.writeFileSync(module, broken)
      const failed = ourclone("sync", "photos", "cloud:album/later")
      expect([failed.status === 0, failed.stderr]).toEqual([
        false,
        expect.stringMatching(/the plugin "ourclone-provider-azure" 0\.1\.0/)
      ])
      expect(failed.stderr).toContain(said)
      expect(ourclone("sync", "photos", "elsewhere")).toMatchObject({ status: 0 })
      expect(ourclone("task", "list", "--json").stdout).not.toContain('"running"')
    }
    fs.writeFileSync(module, whole)
    expect(names("cloud:album/all")).toHaveLength(2)
    expect(ourclone("sync", "photos", "cloud:album/later")).toMatchObject({ status: 0 })
    expect(names("cloud:album/later")).toHaveLength(2)
  }, 300_000)
})
