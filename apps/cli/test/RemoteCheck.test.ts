/** What `remote add` and `remote set` find out before they write. */

import type { AddressInfo } from "node:net"
import { createServer } from "node:net"
import { expect, test } from "vitest"
import { withB2 } from "./B2Cli.ts"
import { makeCli } from "./Cli.ts"

/** A port at which nobody listens by now. */
const deadPort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

test.each([
  ["b2", ["--key-id", "a", "--application-key", "b", "--endpoint"]],
  ["s3", ["--access-key-id", "a", "--secret-access-key", "b", "--endpoint"]],
  ["webdav", ["--url"]]
])("a remote of %s that does not answer is not written, unless it is not to be tried", async (type, words) => {
  const { run } = makeCli()
  const asked = [...words, `http://127.0.0.1:${await deadPort()}`]
  const { code, error } = await run("remote", "add", "dead", type, ...asked)
  expect([code, error]).toEqual([5, expect.stringMatching(/ECONNREFUSED/)])
  expect(error).toContain("nothing was written; --no-check")
  expect((await run("remote", "list")).out).toBe("")
  expect((await run("remote", "add", "dead", type, "--no-check", ...asked)).code).toBe(0)
  expect((await run("remote", "list")).out).toContain("dead:")
})

test("a key that S3 does not know is not written", async () => {
  const { cli, emulator } = await withB2({ s3: {} })
  const words = ["--endpoint", emulator.s3Endpoint ?? "", "--access-key-id", emulator.keyId]
  const wrong = await cli.run("remote", "add", "mine", "s3", ...words, "--secret-access-key", "wrong")
  expect([wrong.code, (await cli.run("remote", "list")).out]).toEqual([7, ""])
  expect((await cli.run("remote", "add", "mine", "s3", ...words, "--secret-access-key", emulator.key)).code).toBe(0)
})

test("files of secrets and patterns that are not there are said to be, as wrong usage", async () => {
  const { run, write } = makeCli()
  write("from/a", "a")
  for (const words of [
    ["repo", "init", "--repo", "@/r", "--password-file", "@/nosuch"],
    ["snapshots", "--repo", "@/r", "--password-file", "@/nosuch"],
    ["serve", "http", "--password-file", "@/nosuch", "@/from"],
    ["copy", "--filter-from", "@/nosuch", "@/from", "@/to"],
    ["backup", "@/from", "--repo", "@/r", "--exclude-file", "@/nosuch"]
  ]) {
    const { code, error } = await run(...words)
    expect([words, code, error]).toEqual([
      words,
      2,
      expect.stringContaining('nosuch" can not be read: it does not exist')
    ])
  }
})
