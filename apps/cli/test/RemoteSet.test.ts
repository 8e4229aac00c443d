import * as fs from "node:fs"
import { expect, test } from "vitest"
import { withB2 } from "./B2Cli.ts"
import { makeCli } from "./Cli.ts"

test("an empty value takes an option of a remote away, as --unset does", async () => {
  const { cli } = await withB2()
  const written = () => fs.readFileSync(cli.configuration, "utf8")
  expect(
    (
      await cli.run(
        "remote",
        "add",
        "store",
        "b2",
        "--key-id",
        "env:B2_APPLICATION_KEY_ID",
        "--application-key",
        "env:B2_APPLICATION_KEY",
        "--endpoint",
        "env:B2_ENDPOINT",
        "--rate",
        "5M"
      )
    ).code
  ).toBe(0)
  expect(written()).toContain("rate")
  expect((await cli.run("remote", "set", "store", "--rate", "")).code).toBe(0)
  expect(written()).not.toContain("rate")
  expect(await cli.run("remote", "set", "store", "--rate", "")).toMatchObject({
    code: 2,
    error: expect.stringContaining("has no rate to take away")
  })
})

test("an option that is missing is to be given, one that is wrong to be changed", async () => {
  const { run } = makeCli()
  const missing = await run("remote", "add", "secret", "crypt", "--remote", "@/x")
  expect([missing.code, missing.error]).toEqual([
    2,
    expect.stringContaining('option "password" is missing; give --password')
  ])
})
