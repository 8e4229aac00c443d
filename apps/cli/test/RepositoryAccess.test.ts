import * as fs from "node:fs"
import * as path from "node:path"
import * as RepositoryLock from "@ourclone/backup/repository/RepositoryLock"
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { makeCli } from "./Cli.ts"
import { initAt, password, withRepository } from "./RepositoryCli.ts"

const info = ["repo", "info", "--repo", "@/repository"]

test.each([
  ["--password-file", ["--password-file", "@/secret"], {}],
  ["--password-command", ["--password-command", `printf '%s\\n' '${password}'`], {}],
  ["OURCLONE_PASSWORD", [], { OURCLONE_PASSWORD: password }],
  ["OURCLONE_PASSWORD_FILE", [], { OURCLONE_PASSWORD_FILE: "@/secret" }],
  ["OURCLONE_PASSWORD_COMMAND", [], { OURCLONE_PASSWORD_COMMAND: `echo '${password}'` }],
  ["RESTIC_PASSWORD", [], { RESTIC_PASSWORD: password }],
  ["RESTIC_PASSWORD_FILE", [], { RESTIC_PASSWORD_FILE: "@/secret" }],
  ["RESTIC_PASSWORD_COMMAND", [], { RESTIC_PASSWORD_COMMAND: `echo '${password}'` }],
  ["a flag before the environment", ["-p", "@/secret"], { OURCLONE_PASSWORD: "wrong" }],
  ["OURCLONE_ before RESTIC_", [], { RESTIC_PASSWORD: "wrong", OURCLONE_PASSWORD: password }]
] as const)("the password comes from %s", async (_, words, environment) => {
  const cli = makeCli({ environment })
  await initAt(cli, "repository")
  cli.write("secret", ` ${password} \r\n`)
  expect(await cli.run(...info, ...words)).toMatchObject({ code: 0, error: "" })
})

test("a password is read from a file in UTF-16 with its mark, as Windows writes it", async () => {
  const cli = makeCli()
  await initAt(cli, "repository")
  const text = Buffer.from(`\ufeff${password}\r\n`, "utf16le")
  for (const [name, bytes] of [
    ["little", text],
    ["big", Buffer.from(text).swap16()]
  ] as const) {
    fs.writeFileSync(path.join(cli.folder, name), bytes)
    expect(await cli.run(...info, "--password-file", `@/${name}`)).toMatchObject({ code: 0, error: "" })
  }
})

test.each([
  ["wrong", ["--password-command", "echo wrong"], 12, "the password is wrong"],
  ["nowhere to be had", [], 2, "--password-file"],
  ["empty", ["--password-command", "echo ''"], 2, "empty password"],
  ["in a file that is missing", ["--password-file", "@/none"], 2, "it does not exist"],
  ["of a command that fails", ["--password-command", "exit 3"], 2, "exit code 3"],
  ["given twice", ["--password-file", "@/a", "--password-command", "b"], 2, "choose one"]
])("a password that is %s is refused, and why is said", async (_, words, code, message) => {
  const cli = makeCli()
  await initAt(cli, "repository")
  const ran = await cli.run(...info, ...words)
  expect(ran.code).toBe(code)
  expect(ran.error).toContain(message)
})

test("where no repository is, the exit code is 10", async () => {
  const cli = makeCli({ environment: { OURCLONE_PASSWORD: password } })
  fs.mkdirSync(path.join(cli.folder, "empty"))
  for (const place of ["@/empty", "@/missing"]) {
    const { code, error } = await cli.run("snapshots", "--repo", place)
    expect(code).toBe(10)
    expect(error).toContain("repo init")
  }
})

test("with --json a failure is an exit_error on standard error", async () => {
  const cli = makeCli({ environment: { OURCLONE_PASSWORD: "wrong" } })
  await initAt(cli, "repository")
  const { code, error, out } = await cli.run(...info, "--json")
  expect({ code, out }).toEqual({ code: 12, out: "" })
  expect(JSON.parse(error)).toEqual({
    message_type: "exit_error",
    code: 12,
    message: expect.stringContaining("password is wrong")
  })
})

test("a locked repository gives 11 and says by whom; --no-lock reads all the same", async () => {
  const { cli, repository } = await withRepository()
  const outcome = Effect.gen(function* () {
    yield* RepositoryLock.acquire(repository, { exclusive: true })
    const stopped = yield* Effect.promise(() => cli.run("snapshots"))
    const read = yield* Effect.promise(() => cli.run("snapshots", "--no-lock"))
    return { stopped, read }
  })
  const { read, stopped } = await Effect.runPromise(Effect.scoped(outcome))
  expect(stopped.code).toBe(11)
  expect(stopped.error).toContain(`pid ${process.pid}`)
  expect(read.code).toBe(0)
})

test("--retry-lock waits until the lock is gone", async () => {
  let looks = 0
  const watched: ProviderFactory = {
    ...local,
    connect: (values, name) =>
      Effect.map(local.connect(values, name), (account) => ({
        ...account,
        open: (at, given) =>
          Effect.map(account.open(at, given), (provider) => ({
            ...provider,
            list: (path, ...rest) => {
              if (path === "locks") looks++
              return provider.list(path, ...rest)
            }
          }))
      }))
  }
  const { cli, repository } = await withRepository({ factories: [watched] })
  const held = Effect.gen(function* () {
    yield* RepositoryLock.acquire(repository, { exclusive: true })
    const running = cli.run("snapshots", "--retry-lock", "30m")
    // Who looks again has seen the lock.
    while (looks < 2) yield* Effect.sleep(5)
    return { running }
  })
  const { running } = await Effect.runPromise(Effect.scoped(held))
  expect((await running).code).toBe(0)
})

test("a name of the configuration stands for its place and its password", async () => {
  const cli = makeCli()
  await initAt(cli, "repository")
  cli.write("secret", password)
  const { folder } = cli
  cli.write(
    "settings/config.toml",
    `[repositories.home]\nlocation = "${folder}/repository"\npassword_file = "${folder}/secret"\n`
  )
  expect((await cli.run("repo", "info", "-r", "home")).code).toBe(0)
  expect((await cli.run("repo", "list")).out).toBe(
    `home                 ${folder}/repository (password from file:${folder}/secret)\n`
  )
})

test("what init writes into the configuration opens the repository the next time", async () => {
  const cli = makeCli()
  cli.write("secret", password)
  const made = await cli.run("repo", "init", "-r", "@/new", "--name", "home", "-p", "@/secret", "--json")
  expect(made.code).toBe(0)
  expect(JSON.parse(made.out)).toMatchObject({
    message_type: "initialized",
    id: expect.stringMatching(/^[0-9a-f]{64}$/)
  })
  expect((await cli.run("snapshots", "-r", "home")).code).toBe(0)
  const again = await cli.run("repo", "init", "-r", "@/other", "--name", "home", "-p", "@/secret")
  expect(again.code).toBe(2)
  expect(fs.existsSync(path.join(cli.folder, "other"))).toBe(false)
  expect((await cli.run("repo", "init", "-r", "@/new", "-p", "@/secret")).code).toBe(1)
})

test("RESTIC_REPOSITORY names a local repository, and nothing that only restic can reach", async () => {
  const local = makeCli({ environment: { RESTIC_REPOSITORY: "@/repository", RESTIC_PASSWORD: password } })
  await initAt(local, "repository")
  expect((await local.run("snapshots")).code).toBe(0)
  const rest = makeCli({ environment: { RESTIC_REPOSITORY: "rest:http://x/", RESTIC_PASSWORD: password } })
  const { code, error } = await rest.run("snapshots")
  expect(code).toBe(2)
  expect(error).toContain("OURCLONE_REPOSITORY")
})

test.each([
  [["snapshots"], "no repository is named"],
  [["snapshots", "-r", "@/repository", "--group-by", "colour"], "--group-by"],
  [["repo", "prune", "-r", "@/repository", "--max-unused", "much"], "--max-unused"],
  [["repo", "prune", "-r", "@/repository", "--no-lock"], "--dry-run"],
  [["snapshots", "-r", "@/repository", "--retry-lock", "soon"], "--retry-lock"],
  [["repo", "repair", "packs", "-r", "@/repository", "5a"], "64 digits"],
  [["snapshots", "-r", "nowhere:x"], "ourclone remote add nowhere"]
] satisfies ReadonlyArray<[ReadonlyArray<string>, string]>)("%j is wrong usage", async (words, message) => {
  const cli = makeCli({ environment: { OURCLONE_PASSWORD: password } })
  await initAt(cli, "repository")
  const { code, error } = await cli.run(...words)
  expect({ code, error }).toEqual({ code: 2, error: expect.stringContaining(message) })
})

test("keys are listed, added, changed and removed, but never the one in use", async () => {
  const { cli } = await withRepository()
  cli.write("second", "another password")
  const added = await cli.run("repo", "key", "add", "--new-password-file", "@/second", "--host", "elsewhere")
  expect(added.out).toMatch(/^added key [0-9a-f]{8}\n$/)
  const keys = JSON.parse((await cli.run("repo", "key", "list", "--json")).out)
  expect(keys).toHaveLength(2)
  expect(keys[1]).toEqual({
    current: false,
    id: expect.stringMatching(/^[0-9a-f]{64}$/),
    userName: expect.any(String),
    hostName: "elsewhere",
    created: expect.any(String)
  })
  expect((await cli.run("snapshots", "-p", "@/second")).code).toBe(0)
  expect((await cli.run("repo", "key", "remove", keys[0].id.slice(0, 8))).code).toBe(1)
  expect((await cli.run("repo", "key", "remove", "ffffff0")).code).toBe(4)
  expect((await cli.run("repo", "key", "remove", keys[1].id.slice(0, 8))).code).toBe(0)
  expect((await cli.run("snapshots", "-p", "@/second")).code).toBe(12)
  cli.write("third", "a third password")
  expect((await cli.run("repo", "key", "passwd", "--new-password-file", "@/third")).code).toBe(0)
  expect((await cli.run("snapshots")).code).toBe(12)
  expect((await cli.run("snapshots", "-p", "@/third")).code).toBe(0)
})

test("a key of no password is added where that is said, and never by an empty one", async () => {
  const { cli } = await withRepository()
  cli.write("empty", "\n")
  const refused = await cli.run("repo", "key", "add", "--new-password-file", "@/empty")
  expect([refused.code, refused.error]).toEqual([2, expect.stringContaining("--new-insecure-no-password")])
  const both = ["--new-insecure-no-password", "--new-password-file", "@/empty"]
  expect((await cli.run("repo", "key", "add", ...both)).code).toBe(2)
  const unprotected = makeCli({ environment: { OURCLONE_REPOSITORY: path.join(cli.folder, "repository") } })
  expect((await unprotected.run("snapshots", "--insecure-no-password")).code).toBe(12)
  expect((await cli.run("repo", "key", "add", "--new-insecure-no-password")).code).toBe(0)
  expect((await unprotected.run("snapshots", "--insecure-no-password")).code).toBe(0)
  expect((await cli.run("snapshots")).code).toBe(0)
  expect((await cli.run("repo", "key", "passwd", "--new-insecure-no-password")).code).toBe(0)
  expect((await cli.run("snapshots")).code).toBe(12)
})

test.each([
  ["snapshots", "--insecure-no-password", "OURCLONE_PASSWORD", []],
  ["snapshots", "--insecure-no-password", "RESTIC_PASSWORD_FILE", []],
  ["repo init", "--insecure-no-password", "OURCLONE_PASSWORD_COMMAND", []],
  ["repo init", "--insecure-no-password", "--password-file", ["--password-file", "@/secret"]],
  ["backup", "--insecure-no-password", "--password-command", ["--password-command", "echo a", "@/"]],
  ["repo copy", "--from-insecure-no-password", "OURCLONE_FROM_PASSWORD", ["-p", "@/secret", "--from-repo", "@/b"]],
  ["repo key add", "--new-insecure-no-password", "OURCLONE_NEW_PASSWORD", ["-p", "@/secret"]]
])("%s takes no %s beside %s, and nothing is made", async (command, none, given, words) => {
  const environment = given.startsWith("-") ? {} : { [given]: "printf a" }
  const cli = makeCli({ environment: { OURCLONE_REPOSITORY: "@/repository", ...environment } })
  cli.write("secret", password)
  if (command !== "repo init") await initAt(cli, "repository")
  const before = cli.list("")
  const { code, error } = await cli.run(...command.split(" "), ...words, none)
  expect([code, error]).toEqual([2, expect.stringContaining(`${none} says that there is no password, and ${given}`)])
  expect(cli.list("").filter((name) => !/^(state|cache|settings)\b/.test(name))).toEqual(before)
})

test("of a repository without a password it is said who can read it, not that its password is to be kept", async () => {
  const { error } = await makeCli().run("repo", "init", "--repo", "@/repository", "--insecure-no-password")
  expect(error).toContain("everybody who can read the storage can read what is backed up there")
  expect(error).not.toContain("keep that somewhere safe")
})

test.each([
  ["--password-command", ["repo", "info", "--password-command", "printf '%s' planted-7f3a"]],
  ["--password-command=", ["repo", "info", "--password-command=printf '%s' planted-7f3a"]],
  ["--new-password-command", ["repo", "key", "add", "--new-password-command", "printf '%s' planted-7f3a"]],
  ["a secret's command:", ["ls", "--key", "command:printf '%s' planted-7f3a", "b2:x"]]
])("the debug log does not show the command of %s", async (_, words) => {
  const { cli } = await withRepository()
  const { error } = await cli.run(...words, "--debug")
  const [, log = ""] = /debug log: (.*)\n/.exec(error) ?? []
  const text = fs.readFileSync(log, "utf8")
  expect(text).toContain(`ourclone ${words[0]}`)
  expect(text).not.toContain("planted")
})

test("no password is ever in an output or the debug log", async () => {
  const { cli } = await withRepository()
  const { error, out } = await cli.run("repo", "info", "--debug")
  const [, log = ""] = /debug log: (.*)\n/.exec(error) ?? []
  expect(out + error + fs.readFileSync(log, "utf8")).not.toContain(password)
})
