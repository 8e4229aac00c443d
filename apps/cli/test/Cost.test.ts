/** What runs would cost, where a repository or both sides of a bisync lie in a bucket; `Everyday` has transfers. */
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"
import { withB2 } from "./B2Cli.ts"
import { makeCli } from "./Cli.ts"

const megabyte = 1_000_000
const noise = (name: string, folder: string): void => {
  fs.mkdirSync(path.join(folder, "from"), { recursive: true })
  fs.writeFileSync(path.join(folder, "from", name), randomBytes(4 * megabyte))
}

test("a backup and a restore say what they would send, fetch and cost, and stop before it is too much", async () => {
  const { cli } = await withB2()
  cli.write("password", "correct")
  const repository = ["--repo", "b2:some-bucket/backup", "--password-file", `${cli.folder}/password`]
  expect((await cli.run("repo", "init", ...repository)).code).toBe(0)
  noise("a", cli.folder)
  const words = ["backup", "@/from", ...repository]

  const planned = await cli.run(...words, "--dry-run")
  expect([planned.code, planned.error]).toEqual([
    0,
    expect.stringMatching(/it sends 3\.8 MiB, costs less than 0\.01 USD/)
  ])
  const refused = await cli.run(...words, "--max-cost", "0")
  expect([refused.code, refused.error]).toEqual([8, expect.stringMatching(/would cost .*so nothing was done/)])
  expect((await cli.run("snapshots", ...repository, "--json")).out.trim()).toBe("[]")
  expect((await cli.run(...words, "--max-cost", "1")).code).toBe(0)

  // What is there already is not sent again.
  fs.copyFileSync(path.join(cli.folder, "from/a"), path.join(cli.folder, "from/b"))
  const again = await cli.run(...words, "--dry-run")
  expect([again.code, again.error]).toEqual([0, expect.not.stringContaining("MiB, costs")])

  const back = ["restore", "latest", "--target", "@/to", ...repository]
  expect((await cli.run(...back, "--dry-run")).error).toMatch(
    /it fetches 3\.8 MiB, costs less than 0\.01 USD at once and 0\.00 a month/
  )
  const tooMuch = await cli.run(...back, "--max-cost", "0")
  expect([tooMuch.code, tooMuch.error]).toEqual([8, expect.stringMatching(/so nothing was done/)])
  expect(fs.existsSync(path.join(cli.folder, "to"))).toBe(false)
  expect((await cli.run(...back, "--max-cost", "1")).code).toBe(0)
  // All of it is there: nothing is to be fetched.
  expect((await cli.run(...back, "--dry-run")).error).not.toContain("fetches")

  const piped = await cli.run("backup", "--stdin", "--max-cost", "1", ...repository)
  expect([piped.code, piped.error]).toEqual([2, expect.stringContaining("can be read only once")])
}, 120_000)

test("a bisync adds up both ways", async () => {
  const { cli } = await withB2()
  noise("here", cli.folder)
  noise("there", path.join(cli.folder, "other"))
  await cli.run("copy", "@/other/from", "b2:some-bucket")
  const words = ["bisync", "@/from", "b2:some-bucket"]
  expect((await cli.run(...words, "--dry-run")).error).toMatch(
    /it sends 3\.8 MiB, fetches 3\.8 MiB, costs less than 0\.01 USD/
  )
  const refused = await cli.run(...words, "--max-cost", "0")
  expect([refused.code, refused.error]).toEqual([8, expect.stringMatching(/so nothing was done/)])
  expect(cli.list("from")).toEqual(["here"])
  expect((await cli.run(...words, "--max-cost", "1")).code).toBe(0)
  expect(cli.list("from")).toEqual(["here", "there"])
}, 120_000)

test("where nobody knows what a storage charges it is said, and no limit is taken", async () => {
  const { emulator } = await withB2({ s3: {} })
  const cli = makeCli({
    environment: {
      AWS_ACCESS_KEY_ID: emulator.keyId,
      AWS_SECRET_ACCESS_KEY: emulator.key,
      AWS_ENDPOINT_URL: emulator.s3Endpoint ?? ""
    }
  })
  noise("a", cli.folder)
  expect((await cli.run("copy", "--dry-run", "@/from", "s3:some-bucket")).error).toContain(
    "what it costs is not known, as nothing is known of what s3:some-bucket charges"
  )
  const refused = await cli.run("copy", "--max-cost", "1", "@/from", "s3:some-bucket")
  expect([refused.code, refused.error]).toEqual([2, expect.stringContaining("what it costs is not known")])
}, 120_000)
