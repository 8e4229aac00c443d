/** Files that the programs themselves have written, taken over and used. */
import { execFile } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { startEmulator } from "@ourclone/b2-emulator/Emulator"
import { skipWithout } from "@ourclone/core/testing/Programs"
import { expect, onTestFinished, test } from "vitest"
import { makeCli } from "../Cli.ts"

const emulated = async () => {
  const emulator = await startEmulator({ s3: {}, minimumPartSize: 100_000, recommendedPartSize: 100_000 })
  onTestFinished(() => emulator.close())
  return { ...emulator, s3Endpoint: emulator.s3Endpoint ?? "" }
}

const ran = (program: string, args: ReadonlyArray<string>, environment: Readonly<Record<string, string>>) =>
  new Promise<string>((resolve, reject) => {
    const env = { ...process.env, ...environment }
    execFile(program, args, { env }, (failure, out, error) =>
      failure === null ? resolve(out) : reject(new Error(`${program} ${args.join(" ")}: ${error}`))
    )
  })

test("rclone's configuration, as rclone writes it: what it stored is read, through its crypt too", async (context) => {
  skipWithout(context, "rclone")
  const { endpoint, key, keyId, s3Endpoint } = await emulated()
  const { folder, run, write } = makeCli()
  const rclone = (...args: ReadonlyArray<string>) =>
    ran("rclone", args, { RCLONE_CONFIG: path.join(folder, "rclone.conf"), HOME: folder })
  const keys = [`access_key_id=${keyId}`, `secret_access_key=${key}`, `endpoint=${s3Endpoint}`]
  await rclone("config", "create", "photos", "b2", `account=${keyId}`, `key=${key}`, `endpoint=${endpoint}`)
  await rclone("config", "create", "by s3", "s3", "provider=Minio", ...keys)
  await rclone(
    "config",
    "create",
    "secret",
    "crypt",
    "remote=photos:some-bucket/hidden",
    "password=pässwörd",
    "--obscure"
  )
  await rclone("config", "create", "nas", "sftp", "host=nas.example", "user=ann", "pass=potato", "--obscure")
  write("files/a.txt", "hello")
  await rclone("mkdir", "photos:some-bucket")
  await rclone("copy", path.join(folder, "files"), "secret:")
  const imported = await run("remote", "import", "@/rclone.conf")
  expect([imported.code, imported.out.match(/^added \S+/gm)]).toEqual([
    0,
    ["added photos:", "added by-s3:", "added secret:", "added nas:"]
  ])
  expect(imported.out).not.toMatch(/potato|pässwörd/)
  expect((await run("cat", "secret:a.txt")).out).toBe("hello")
  expect((await run("ls", "by-s3:some-bucket")).out).toContain("hidden")
  expect((await run("check", "@/files", "secret:")).code).toBe(0)
}, 60_000)

/** rclone asks for a password at a terminal alone. */
const withPassword = (config: string, home: string) =>
  new Promise<void>((resolve, reject) => {
    const env = { ...process.env, RCLONE_CONFIG: config, HOME: home }
    const asked = execFile("script", ["-qec", "rclone config", "/dev/null"], { env }, (failure) =>
      failure === null ? resolve() : reject(failure)
    )
    // Set a password, add it, twice, and back.
    asked.stdin?.end("s\na\npötato 🔑\npötato 🔑\nq\nq\n")
  })

test("rclone's configuration that rclone has encrypted is read with its password, and with no other", async (context) => {
  skipWithout(context, "rclone")
  if (process.platform !== "linux") return context.skip("script(1) of Linux is needed")
  const { endpoint, key, keyId } = await emulated()
  const { folder } = makeCli()
  const config = path.join(folder, "rclone.conf")
  const keys = [`account=${keyId}`, `key=${key}`, `endpoint=${endpoint}`]
  await ran("rclone", ["config", "create", "photos", "b2", ...keys], { RCLONE_CONFIG: config, HOME: folder })
  await withPassword(config, folder)
  expect(fs.readFileSync(config, "utf8")).toContain("RCLONE_ENCRYPT_V0:")
  const withEnvironment = (environment: { readonly [name: string]: string }) => {
    const cli = makeCli({ environment })
    return { ...cli, imported: () => cli.run("remote", "import", config) }
  }
  expect(await withEnvironment({}).imported()).toMatchObject({
    code: 2,
    error: expect.stringContaining("RCLONE_CONFIG_PASS")
  })
  expect(await withEnvironment({ RCLONE_CONFIG_PASS: "tomato" }).imported()).toMatchObject({
    code: 2,
    error: expect.stringContaining("wrong")
  })
  const { imported, run } = withEnvironment({ RCLONE_CONFIG_PASS: "pötato 🔑" })
  expect(await imported()).toMatchObject({ code: 0, out: expect.stringContaining("added photos:") })
  expect((await run("ls", "photos:")).code).toBe(0)
}, 60_000)

test("the file of the b2 tool, as it writes it, signs in", async (context) => {
  skipWithout(context, "backblaze-b2")
  const { endpoint, key, keyId } = await emulated()
  const { folder, run } = makeCli()
  const environment = { B2_ACCOUNT_INFO: path.join(folder, "account"), http_proxy: endpoint, no_proxy: "" }
  await ran("backblaze-b2", ["authorize-account", "--dev", keyId, key], environment)
  const imported = await run("remote", "import", "@/account")
  expect([imported.code, imported.out]).toEqual([0, expect.stringContaining("added b2-account:")])
  expect((await run("remote", "set", "b2-account", "--endpoint", endpoint)).code).toBe(0)
  expect((await run("ls", "b2-account:")).code).toBe(0)
}, 60_000)

test("restic's variables, as restic uses them, lead to its repository", async (context) => {
  skipWithout(context, "restic")
  const { key, keyId, s3Endpoint } = await emulated()
  const { folder, run, write } = makeCli({ environment: { OURCLONE_PASSWORD: "potato" } })
  const variables = {
    RESTIC_REPOSITORY: `s3:${s3Endpoint}/some-bucket/restic`,
    RESTIC_PASSWORD: "potato",
    AWS_ACCESS_KEY_ID: keyId,
    AWS_SECRET_ACCESS_KEY: key
  }
  write("files/a.txt", "hello")
  const restic = (...args: ReadonlyArray<string>) =>
    ran("restic", [...args, "--no-cache"], { ...variables, HOME: folder })
  await restic("init")
  await restic("backup", path.join(folder, "files"))
  write(
    "restic.env",
    Object.entries(variables)
      .map(([name, value]) => `export ${name}='${value}'\n`)
      .join("")
  )
  const imported = await run("remote", "import", "@/restic.env")
  const [, place = ""] = /its repository is (\S+);/.exec(imported.out) ?? []
  expect([imported.code, place]).toEqual([0, "restic-s3:some-bucket/restic"])
  expect((await run("snapshots", "--repo", place)).out).toContain(path.join(folder, "files"))
}, 60_000)
