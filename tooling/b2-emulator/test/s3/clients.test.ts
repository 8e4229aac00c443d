/** Other people's S3 programs, which know nothing of this emulator: what one of them writes the others read. */
import * as fs from "node:fs"
import * as path from "node:path"
import { needs, type Program, skipWithout } from "@ourclone/core/testing/Programs"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Emulator, startEmulator } from "../../src/Emulator.ts"
import { noise, type Outcome, readTree, runProgram, temporaryFolder, writeTree } from "../RealClient.ts"

const files = {
  "a.txt": "hello",
  empty: "",
  large: noise(12_000_000, "s3"),
  "sub/a b+c é.txt": "odd",
  "sub/100%2F #1?.txt": "marks",
  "sub/日本/😀": "wide"
}

let emulator: Emulator
let folder: string
let environment: NodeJS.ProcessEnv

const bucket = "shared-bucket"

beforeAll(async () => {
  emulator = await startEmulator({ control: true, s3: {} })
  folder = temporaryFolder("s3")
  const endpoint = emulator.s3Endpoint!
  writeTree(path.join(folder, "tree"), files)
  fs.utimesSync(path.join(folder, "tree/a.txt"), 1_709_209_800.125, 1_709_209_800.125)
  const { host } = new URL(endpoint)
  writeTree(folder, {
    "rclone.conf": "",
    "password.txt": "secret",
    s3cfg: `[default]\naccess_key = ${emulator.keyId}\nsecret_key = ${emulator.key}\nhost_base = ${host}\nhost_bucket = ${host}\nuse_https = False\nsignature_v2 = False\n`
  })
  environment = {
    ...process.env,
    AWS_ACCESS_KEY_ID: emulator.keyId,
    AWS_SECRET_ACCESS_KEY: emulator.key,
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_CONFIG_FILE: path.join(folder, "none"),
    AWS_SHARED_CREDENTIALS_FILE: path.join(folder, "none"),
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CA_BUNDLE: "",
    RCLONE_CONFIG: path.join(folder, "rclone.conf"),
    RCLONE_CONFIG_S_TYPE: "s3",
    RCLONE_CONFIG_S_PROVIDER: "Other",
    RCLONE_CONFIG_S_ACCESS_KEY_ID: emulator.keyId,
    RCLONE_CONFIG_S_SECRET_ACCESS_KEY: emulator.key,
    RCLONE_CONFIG_S_ENDPOINT: endpoint,
    RESTIC_CACHE_DIR: path.join(folder, "cache"),
    RESTIC_PASSWORD_FILE: path.join(folder, "password.txt")
  }
})
afterAll(async () => {
  await emulator?.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

const attempt = (program: string, ...args: string[]): Promise<Outcome> =>
  runProgram(program, args, { cwd: folder, env: environment })

const run = async (program: Program, ...args: string[]): Promise<string> => {
  const { code, err, out } = await attempt(program, ...args)
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}\n${out}\n${err}`)
  return out
}
const aws = (...args: string[]) => run("aws", "--endpoint-url", emulator.s3Endpoint!, ...args)
const s3cmd = (...args: string[]) => run("s3cmd", "-c", "s3cfg", ...args)
const tree = () => readTree(path.join(folder, "tree"))
const back = (name: string) => readTree(path.join(folder, name))

it("rclone copies a tree both ways, large files in parts, and keeps times", async (context) => {
  skipWithout(context, "rclone")
  const parts = ["--s3-upload-cutoff", "5M", "--s3-chunk-size", "5M"]
  await run("rclone", "copy", "tree", `S:${bucket}/by-rclone`, ...parts)
  expect(emulator.log!.counts().s3_upload_part!.requests).toBe(3)
  await run("rclone", "check", "tree", `S:${bucket}/by-rclone`)
  await run("rclone", "copy", `S:${bucket}/by-rclone`, "from-rclone")
  expect(back("from-rclone")).toEqual(tree())
  expect(await run("rclone", "lsl", `S:${bucket}/by-rclone/a.txt`)).toMatch(/:00\.125000000 a\.txt/)
  await run("rclone", "copyto", `S:${bucket}/by-rclone/sub/a b+c é.txt`, `S:${bucket}/copied é+.txt`)
  expect(await run("rclone", "cat", `S:${bucket}/copied é+.txt`)).toBe("odd")
  await run("rclone", "deletefile", `S:${bucket}/copied é+.txt`)
  expect(await run("rclone", "lsf", `S:${bucket}`)).not.toContain("copied")
})

it("the AWS command line syncs with checksums of its own and reads what others wrote", async (context) => {
  skipWithout(context, "aws")
  if (!needs("rclone").available) await aws("s3", "mb", `s3://${bucket}`)
  await aws("s3", "sync", "--only-show-errors", "tree", `s3://${bucket}/by-aws`)
  await aws("s3", "sync", "--only-show-errors", `s3://${bucket}/by-aws`, "from-aws")
  expect(back("from-aws")).toEqual(tree())
  if (!needs("rclone").available) return
  expect(await run("rclone", "cat", `S:${bucket}/by-aws/sub/100%2F #1?.txt`)).toBe("marks")
  expect(await aws("s3", "cp", `s3://${bucket}/by-rclone/sub/日本/😀`, "-")).toBe("wide")
})

it("s3cmd lists in the old way and reads what others wrote", async (context) => {
  skipWithout(context, "s3cmd")
  if (!needs("rclone").available && !needs("aws").available) await s3cmd("mb", `s3://${bucket}`)
  await s3cmd("sync", "--no-progress", "tree/", `s3://${bucket}/by-s3cmd/`)
  fs.mkdirSync(path.join(folder, "from-s3cmd"))
  await s3cmd("get", "--no-progress", "--recursive", `s3://${bucket}/by-s3cmd/`, "from-s3cmd/")
  expect(back("from-s3cmd")).toEqual(tree())
  expect(await s3cmd("info", `s3://${bucket}/by-s3cmd/a.txt`)).toContain("5d41402abc4b2a76b9719d911017c592")
  if (needs("rclone").available) {
    await run("rclone", "check", "tree", `S:${bucket}/by-s3cmd`)
  }
})

it("restic keeps a repository there, sent in signed chunks", async (context) => {
  skipWithout(context, "restic")
  const repository = ["-r", `s3:${emulator.s3Endpoint}/restic-bucket/repository`]
  await run("restic", ...repository, "init")
  await run("restic", ...repository, "backup", "tree")
  await run("restic", ...repository, "check", "--read-data")
  await run("restic", ...repository, "restore", "latest", "--target", "restored")
  expect(back("restored/tree")).toEqual(tree())
})

it("shows natively what came by S3, and by S3 what came natively", async (context) => {
  skipWithout(context, "rclone")
  const native = ["--b2-account", emulator.keyId, "--b2-key", emulator.key, "--b2-endpoint", emulator.endpoint]
  await run("rclone", "check", "tree", `:b2:${bucket}/by-rclone`, ...native)
  await run("rclone", "copy", "tree/sub", `:b2:${bucket}/natively`, ...native)
  await run("rclone", "check", "tree/sub", `S:${bucket}/natively`)
})
