import { execFile } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { promisify } from "node:util"
import type { Emulator } from "@ourclone/b2-emulator/Emulator"
import { skipWithout } from "@ourclone/core/testing/Programs"
import { describe, expect, test } from "vitest"
import { post, withB2 } from "./B2Cli.ts"
import type { Cli } from "./Cli.ts"

/** Names of files that no path can hold, byte by byte, and the paths they have. */
const odd: ReadonlyArray<readonly [Buffer, string]> = [
  [Buffer.from("Icon\r"), "Icon␍"],
  [Buffer.from("real␍"), "real‛␍"],
  [Buffer.from("a\u007fb\u0001"), "a␡b␁"],
  [Buffer.from("lit‛E9"), "lit‛‛E9"],
  [Buffer.from([0x63, 0x61, 0x66, 0xe9]), "caf‛E9"],
  [Buffer.from([0xe9, 0xe8, 0xff, 0x0a]), "‛E9‛E8‛FF␊"]
]
const raw = odd.map(([name]) => name).sort(Buffer.compare)
const spelled = odd.map(([, name]) => name).sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))

const namesIn = (folder: string) => fs.readdirSync(folder, { encoding: "buffer" }).sort(Buffer.compare)

const writeAll = (folder: string): void => {
  fs.mkdirSync(folder, { recursive: true })
  for (const [name, content] of odd) fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), content)
}

const rclone = async ({ certificate: _, ...emulator }: Emulator, folder: string, ...words: ReadonlyArray<string>) => {
  const configuration = path.join(folder, "rclone.conf")
  fs.writeFileSync(configuration, "")
  const env = {
    ...process.env,
    RCLONE_CONFIG: configuration,
    RCLONE_CONFIG_EMU_TYPE: "b2",
    RCLONE_CONFIG_EMU_ACCOUNT: emulator.keyId,
    RCLONE_CONFIG_EMU_KEY: emulator.key,
    RCLONE_CONFIG_EMU_ENDPOINT: emulator.endpoint
  }
  return (await promisify(execFile)("rclone", words, { env })).stdout
}

describe.runIf(process.platform === "linux")("files with names that no path can hold", () => {
  test("go to a bucket and come back, are the same at the next run, and block no removal", async () => {
    const { cli } = await withB2()
    const at = (name: string) => path.join(cli.folder, name)
    writeAll(at("from/dir\r"))
    cli.write("from/extra", "goes")
    expect((await cli.run("sync", "@/from", "b2:some-bucket/x")).code).toBe(0)
    fs.rmSync(at("from/extra"))
    const again = await cli.run("sync", "--json", "@/from", "b2:some-bucket/x")
    expect(again.code).toBe(0)
    expect(again.out).toMatch(/"stored":0,.*"same":6,.*"removed":1,/)
    expect((await cli.run("sync", "b2:some-bucket/x", "@/back")).code).toBe(0)
    expect(namesIn(at("back/dir\r"))).toEqual(raw)
    expect((await cli.run("check", "--checksum", "@/from", "@/back")).code).toBe(0)
    expect((await cli.run("move", "@/back", "@/moved")).code).toBe(0)
    expect(namesIn(at("moved/dir\r"))).toEqual(raw)
    expect((await cli.run("move", "@/moved", "b2:some-bucket/moved")).code).toBe(0)
    expect((await cli.run("check", "b2:some-bucket/x", "b2:some-bucket/moved")).out).toContain("6 the same")
  })

  test.each(["@/from", "b2:some-bucket/x"])("are reached in %s by the paths that a listing shows", async (place) => {
    const { cli } = await withB2()
    writeAll(path.join(cli.folder, "from", "dir\r"))
    if (place.startsWith("b2:")) await cli.run("move", "@/from", place)
    const listed = JSON.parse((await cli.run("lsjson", "--recursive", "--files-only", place)).out) as { Path: string }[]
    expect(listed.map(({ Path }) => Path)).toEqual(spelled.map((name) => `dir␍/${name}`))
    for (const { Path } of listed) {
      const content = path.posix.basename(Path)
      expect(await cli.run("cat", `${place}/${Path}`)).toEqual({ code: 0, out: content, error: "" })
      expect((await cli.run("stat", `${place}/${Path}`)).code).toBe(0)
      expect((await cli.run("copy", `${place}/${Path}`, `@/copies`)).code).toBe(0)
      expect((await cli.run("rm", `${place}/${Path}`)).code).toBe(0)
      expect((await cli.run("cat", `${place}/${Path}`)).code).toBe(4)
    }
    expect(namesIn(path.join(cli.folder, "copies"))).toEqual(raw)
  })

  test("may be typed as they are on the disk", async () => {
    const { cli } = await withB2()
    cli.write("dir␍/Icon\r", "control")
    cli.write("dir␍/real␍", "picture")
    expect((await cli.run("cat", "@/dir␍/Icon\r")).out).toBe("control")
    expect((await cli.run("cat", "@/dir␍/real␍")).out).toBe("picture")
    expect((await cli.run("copy", "@/dir␍/Icon\r", "b2:some-bucket")).code).toBe(0)
    expect((await cli.run("cat", "b2:some-bucket/Icon\r")).out).toBe("control")
  })

  test("are the same to rclone, whoever stored them", async (context) => {
    skipWithout(context, "rclone")
    const { cli, emulator } = await withB2()
    const at = (name: string) => path.join(cli.folder, name)
    writeAll(at("from"))
    // rclone can not open a file of this name.
    fs.rmSync(at("from/lit‛E9"))
    const names = namesIn(at("from"))
    expect((await cli.run("sync", "@/from", "b2:some-bucket/ours")).code).toBe(0)
    await rclone(emulator, cli.folder, "copy", at("from"), "emu:some-bucket/theirs")
    expect((await cli.run("check", "b2:some-bucket/ours", "b2:some-bucket/theirs")).out).toContain("5 the same")
    await rclone(emulator, cli.folder, "check", at("from"), "emu:some-bucket/ours")
    await rclone(emulator, cli.folder, "copy", "emu:some-bucket/ours", at("by-rclone"))
    expect((await cli.run("sync", "b2:some-bucket/theirs", "@/by-us")).code).toBe(0)
    expect(namesIn(at("by-us"))).toEqual(names)
    expect(namesIn(at("by-rclone"))).toEqual(names)
  })
})

/** Names of objects that no path can hold, and the paths they have, in the order of those. */
const objects: ReadonlyArray<readonly [string, string]> = [
  ["d/", "d/‛"],
  ["e/../f", "e/‛../f"],
  ["e/./f", "e/‛./f"],
  ["x/y", "x/y"],
  ["x//y", "x/‛/y"],
  ["/lead", "‛/lead"],
  ["/‛/y", "‛/‛‛/y"]
]

const withObjects = async () => {
  const { cli, emulator } = await withB2()
  await cli.run("bucket", "create", "b2:some-bucket")
  const { buckets } = (await post(emulator, "b2_list_buckets", {})) as { buckets: { bucketId: string }[] }
  for (const [name] of objects) {
    const { authorizationToken, uploadUrl } = await post(emulator, "b2_get_upload_url", {
      accountId: undefined,
      bucketId: buckets[0]?.bucketId
    })
    const headers = {
      authorization: String(authorizationToken),
      "content-type": "text/plain",
      "x-bz-content-sha1": "do_not_verify",
      "x-bz-file-name": encodeURIComponent(name)
    }
    expect((await fetch(String(uploadUrl), { method: "POST", headers, body: name })).status).toBe(200)
  }
  return { cli, emulator }
}

const pathsOf = async (cli: Cli, place: string) => {
  const { out } = await cli.run("lsjson", "--recursive", "--files-only", place)
  return (JSON.parse(out) as { Path: string }[]).map(({ Path }) => Path)
}

describe("objects with names that no path can hold", () => {
  test("are reached by the paths that a listing shows, by every command that takes a file", async () => {
    const { cli } = await withObjects()
    expect(await pathsOf(cli, "b2:some-bucket")).toEqual(objects.map(([, name]) => name))
    for (const [name, shown] of objects) {
      const place = `b2:some-bucket/${shown}`
      expect(await cli.run("cat", place)).toEqual({ code: 0, out: name, error: "" })
      expect((await cli.run("stat", place)).code).toBe(0)
      expect((await cli.run("copy", place, "@/copies")).code).toBe(0)
      expect(cli.read(`copies/${path.posix.basename(shown)}`)).toBe(name)
      expect((await cli.run("rm", place)).code).toBe(0)
      expect((await cli.run("cat", place)).code).toBe(4)
    }
  })

  test("are named in their spelling where they are typed as the bucket has them", async () => {
    const { cli } = await withObjects()
    const { code, error } = await cli.run("cat", "b2:some-bucket/e/./f")
    expect(code).toBe(2)
    expect(error).toContain("some-bucket/e/‛./f")
  })

  test("come down and go up again as they were, and block no removal", async () => {
    const { cli, emulator } = await withObjects()
    cli.write("to/extra", "goes")
    expect((await cli.run("sync", "b2:some-bucket", "@/to")).code).toBe(0)
    expect(cli.list("to")).toEqual(objects.map(([, name]) => name).sort())
    expect((await cli.run("sync", "@/to", "b2:other-bucket")).code).toBe(0)
    const { buckets } = (await post(emulator, "b2_list_buckets", { bucketName: "other-bucket" })) as {
      buckets: { bucketId: string }[]
    }
    const { files } = (await post(emulator, "b2_list_file_names", {
      accountId: undefined,
      bucketId: buckets[0]?.bucketId
    })) as {
      files: { fileName: string }[]
    }
    expect(files.map(({ fileName }) => fileName).sort()).toEqual(objects.map(([name]) => name).sort())
    const again = await cli.run("sync", "--json", "b2:other-bucket", "b2:some-bucket")
    expect(again.out).toMatch(/"stored":0,"storedBytes":0,"copied":0,.*"same":7,"removed":0/)
    expect((await cli.run("move", "b2:other-bucket", "b2:some-bucket/moved")).code).toBe(0)
    expect(await pathsOf(cli, "b2:some-bucket/moved")).toEqual(objects.map(([, name]) => name))
    expect(await pathsOf(cli, "b2:other-bucket")).toEqual([])
  })
})
