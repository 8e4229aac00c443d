/** `--metadata`: modes, owners and extended attributes that come with files, here and through storages. */
import { execFile, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { promisify } from "node:util"
import type { Emulator } from "@ourclone/b2-emulator/Emulator"
import * as Posix from "@ourclone/system/Posix"
import { expect, onTestFinished, test } from "vitest"
import { withB2 } from "./B2Cli.ts"
import { type Cli, makeCli } from "./Cli.ts"

const isRoot = process.geteuid?.() === 0

const attributes = (file: string): Record<string, string> =>
  Object.fromEntries(
    Posix.listAttributes(Buffer.from(file))
      .map((name) => [name.toString(), Posix.getAttribute(Buffer.from(file), name).toString("hex")] as const)
      .sort(([left], [right]) => (left < right ? -1 : 1))
  )

const set = (file: string, name: string, value: Uint8Array | string): void =>
  Posix.setAttribute(Buffer.from(file), Buffer.from(name), Buffer.from(value))

const takesAttributes = ((): boolean => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-probe-"))
  try {
    set(folder, "user.probe", "1")
    return true
  } catch {
    return false
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
})()

const all = (cli: Cli, folder: string) =>
  Object.fromEntries(
    cli.list(folder).map((name) => {
      const file = path.join(cli.folder, folder, name)
      const { gid, mode, uid } = fs.lstatSync(file)
      const isLink = fs.lstatSync(file).isSymbolicLink()
      return [name, isLink ? { link: fs.readlinkSync(file), uid, gid } : { mode, uid, gid, ...attributes(file) }]
    })
  )

/** A folder `from` with what a home folder may hold; `values` are of `file`. */
const fill = (cli: Cli, values: Readonly<Record<string, Uint8Array | string>>): void => {
  for (const name of ["plain", "file", "docs/program"]) cli.write(`from/${name}`, name, 1_700_000_000_000)
  const file = path.join(cli.folder, "from/file")
  for (const [name, value] of Object.entries(values)) set(file, name, value)
  fs.chmodSync(path.join(cli.folder, "from/docs/program"), 0o750)
  fs.chmodSync(file, 0o400)
  fs.symlinkSync("../nowhere", path.join(cli.folder, "from/link"))
  if (!isRoot) return
  fs.chownSync(file, 1234, 5678)
  fs.lchownSync(path.join(cli.folder, "from/link"), 1234, 5678)
}

const odd = {
  "user.author": "Ärzte & Söhne, 50 %",
  "user.Camel.Case": "x",
  "user.binary": new Uint8Array([0, 255, 10, 44, 61]),
  "user.empty": "",
  "user.mode": "a name of its own",
  "user.spaces": " both ends ",
  [`user.${"long".repeat(40)}`]: "y"
}

const s3Of = (emulator: Emulator) => ({
  AWS_ACCESS_KEY_ID: emulator.keyId,
  AWS_SECRET_ACCESS_KEY: emulator.key,
  AWS_ENDPOINT_URL: emulator.s3Endpoint ?? ""
})

/** A command line, a place of this kind, and what S3's side of the emulator is asked with. */
const by = async (type: string) => {
  const { cli: b2, emulator } = await withB2({ s3: {} })
  await b2.run("bucket", "create", "b2:some-bucket")
  const environment = s3Of(emulator)
  if (type === "local") return { cli: b2, place: "@/kept", environment }
  const cli = type === "b2" ? b2 : makeCli({ environment })
  return { cli, place: `${type}:some-bucket/docs`, environment }
}

test.skipIf(!takesAttributes).each(["local", "b2", "s3"])(
  "modes, owners and attributes come back from %s as they were, and a second run moves nothing",
  async (type) => {
    const { cli, place } = await by(type)
    fill(cli, odd)
    const up = await cli.run("sync", "-M", "@/from", place)
    expect([up.code, up.error]).toEqual([0, expect.not.stringContaining("without")])
    expect((await cli.run("sync", "-M", "--dry-run", "@/from", place)).out).toMatch(
      /^0 files \(0 B\) to copy, 4 the same/
    )
    expect((await cli.run("check", "-M", "@/from", place)).code).toBe(0)
    expect((await cli.run("copy", "-M", place, "@/to")).code).toBe(0)
    expect(all(cli, "to")).toEqual(all(cli, "from"))
    expect((await cli.run("check", "-M", place, "@/to")).code).toBe(0)
  },
  120_000
)

test.skipIf(!takesAttributes).each(["local", "b2", "s3"])(
  "what changed beside a file alone is brought to %s and back without its bytes",
  async (type) => {
    const { cli, place } = await by(type)
    fill(cli, { "user.first": "1", "user.second": "2" })
    await cli.run("sync", "-M", "@/from", place)
    await cli.run("sync", "-M", place, "@/to")
    const file = path.join(cli.folder, "from/file")
    const inode = fs.statSync(path.join(cli.folder, "to/file")).ino
    Posix.removeAttribute(Buffer.from(file), Buffer.from("user.first"))
    set(file, "user.third", "3")
    if (isRoot) fs.chownSync(path.join(cli.folder, "from/plain"), 4321, 0)
    fs.chmodSync(path.join(cli.folder, "from/docs/program"), 0o700)
    expect((await cli.run("check", "-M", "@/from", place)).out.match(/^\* .*/gm) ?? []).toHaveLength(isRoot ? 3 : 2)
    for (const [from, to] of [
      ["@/from", place],
      [place, "@/to"]
    ] as const) {
      const { code, error } = await cli.run("sync", "-M", from, to)
      expect([code, error]).toEqual([0, expect.stringMatching(isRoot ? /3 got another/ : /2 got another/)])
      expect((await cli.run("check", "-M", from, to)).code).toBe(0)
    }
    expect(all(cli, "to")).toEqual(all(cli, "from"))
    expect(fs.statSync(path.join(cli.folder, "to/file")).ino).toBe(inode)
  },
  120_000
)

test.skipIf(!takesAttributes).each(["b2", "s3"])(
  "an attribute that has no room at %s is named, the rest is kept, and what is here stays",
  async (type) => {
    const { cli, place } = await by(type)
    const large = "v".repeat(2500)
    fill(cli, { "user.large": large, "user.small": "1" })
    const { code, error } = await cli.run("sync", "-M", "@/from", place)
    expect([code, error]).toEqual([0, expect.stringMatching(/"file" is kept without its extended attribute large/)])
    expect((await cli.run("check", "-M", "@/from", place)).code).toBe(0)
    expect((await cli.run("sync", "-M", place, "@/from")).code).toBe(0)
    expect(Object.keys(attributes(path.join(cli.folder, "from/file")))).toEqual(["user.large", "user.small"])
    await cli.run("copy", "-M", place, "@/to")
    expect(attributes(path.join(cli.folder, "to/file"))).toEqual({ "user.small": "31" })
  },
  120_000
)

test.skipIf(!takesAttributes || !isRoot)(
  "an ordinary user gets modes and attributes, and is told once that the files are his own",
  async () => {
    const cli = makeCli()
    fill(cli, { "user.first": "1" })
    fs.chmodSync(path.join(cli.folder, "from/file"), 0o444)
    fs.chmodSync(cli.folder, 0o755)
    for (const name of ["to", "state", "cache"]) {
      fs.mkdirSync(path.join(cli.folder, name))
      fs.chownSync(path.join(cli.folder, name), 65534, 65534)
    }
    process.setegid!(65534)
    process.seteuid!(65534)
    onTestFinished(() => {
      process.seteuid!(0)
      process.setegid!(0)
    })
    const first = await cli.run("copy", "-M", "--exclude", "docs/**", "@/from", "@/to")
    expect([first.code, first.error.match(/belong to whoever runs this/g)?.length]).toEqual([0, 1])
    const again = await cli.run("copy", "-M", "--exclude", "docs/**", "@/from", "@/to")
    expect([again.code, again.error]).toEqual([0, expect.not.stringContaining("belong to")])
    const { gid, mode, uid } = fs.statSync(path.join(cli.folder, "to/file"))
    expect([gid, mode & 0o777, uid]).toEqual([65534, 0o444, 65534])
    expect(attributes(path.join(cli.folder, "to/file"))).toEqual({ "user.first": "31" })
    // The copy may not be written to, and gets what is new beside the file all the same.
    process.seteuid!(0)
    set(path.join(cli.folder, "from/file"), "user.second", "2")
    process.seteuid!(65534)
    expect((await cli.run("copy", "-M", "--exclude", "docs/**", "@/from", "@/to")).code).toBe(0)
    expect(Object.keys(attributes(path.join(cli.folder, "to/file")))).toEqual(["user.first", "user.second"])
  }
)

const hasRclone = spawnSync("rclone", ["version"]).status === 0

test.skipIf(!takesAttributes || !hasRclone)(
  "rclone's --metadata reads what was kept on S3, and what it keeps is read here",
  async () => {
    const { cli, environment: keys, place } = await by("s3")
    const rclone = async (...words: ReadonlyArray<string>): Promise<void> => {
      const environment = {
        PATH: process.env.PATH,
        RCLONE_CONFIG: path.join(cli.folder, "rclone.conf"),
        RCLONE_CONFIG_S3_TYPE: "s3",
        RCLONE_CONFIG_S3_PROVIDER: "Other",
        RCLONE_CONFIG_S3_ENDPOINT: keys.AWS_ENDPOINT_URL,
        RCLONE_CONFIG_S3_ACCESS_KEY_ID: keys.AWS_ACCESS_KEY_ID,
        RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: keys.AWS_SECRET_ACCESS_KEY,
        RCLONE_CONFIG_S3_FORCE_PATH_STYLE: "true"
      }
      await promisify(execFile)("rclone", [...words], { env: environment })
    }
    fill(cli, { "user.author": "somebody", "user.second": "a b" })
    fs.rmSync(path.join(cli.folder, "from/link"))
    expect((await cli.run("copy", "-M", "@/from", place)).code).toBe(0)
    await rclone("copy", "-M", place, path.join(cli.folder, "theirs"))
    for (const name of cli.list("theirs")) {
      // What S3 says of each object comes to be an attribute there too.
      for (const one of ["user.content-type", "user.tier"]) {
        Posix.removeAttribute(Buffer.from(path.join(cli.folder, "theirs", name)), Buffer.from(one))
      }
    }
    expect(all(cli, "theirs")).toEqual(all(cli, "from"))
    await rclone("copy", "-M", path.join(cli.folder, "from"), "s3:some-bucket/theirs")
    expect((await cli.run("copy", "-M", "s3:some-bucket/theirs", "@/ours")).code).toBe(0)
    expect(all(cli, "ours")).toEqual(all(cli, "from"))
  },
  120_000
)
