/** Headers that are kept with what is uploaded. */
import { expect, test } from "vitest"
import { withB2, withS3 } from "./B2Cli.ts"
import { makeCli } from "./Cli.ts"

const given = [
  "--header-upload",
  "Cache-Control: max-age=600",
  "--header-upload",
  'Content-Disposition: attachment; filename="a b.pdf"',
  "--header-upload=content-language: de",
  "--header-upload",
  "Expires: Wed, 21 Oct 2026 07:28:00 GMT"
]
const wanted = {
  "cache-control": "max-age=600",
  "content-disposition": 'attachment; filename="a b.pdf"',
  "content-language": "de",
  expires: "Wed, 21 Oct 2026 07:28:00 GMT"
}

const fetched = async (address: string) => {
  const { body, headers, ok } = await fetch(address)
  await body?.cancel()
  expect(ok).toBe(true)
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, headers.get(name)]))
}

test.each(["b2", "b2 by its S3 side"])(
  "headers come with what was uploaded to %s, small and in parts",
  async (side) => {
    const { cli, emulator } = await withB2({ s3: {} })
    const bucket = "b2:some-bucket"
    await cli.run("bucket", "create", bucket)
    const s3 = makeCli({
      environment: {
        AWS_ACCESS_KEY_ID: emulator.keyId,
        AWS_SECRET_ACCESS_KEY: emulator.key,
        AWS_ENDPOINT_URL: emulator.s3Endpoint ?? ""
      }
    })
    const [by, place, size] = side === "b2" ? [cli, bucket, 400_000] : ([s3, "s3:some-bucket", 33_000_000] as const)
    by.write("from/small.txt", "small")
    by.write("from/large.bin", "x".repeat(size))
    expect((await by.run("copy", "@/from", place, ...given)).code).toBe(0)
    const linked = async (name: string) =>
      fetched((await cli.run("link", "--expire", "1h", `${bucket}/${name}`)).out.trim())
    for (const name of ["small.txt", "large.bin"]) expect([name, await linked(name)]).toEqual([name, wanted])
    expect((await by.run("check", "@/from", place)).code).toBe(0)
    by.write("from/other.txt", "other")
    expect((await by.run("copy", "@/from", place)).code).toBe(0)
    expect((await linked("other.txt")).expires).toBe(null)
  }
)

test("a file that comes from the same account gets the given headers, whichever it had", async () => {
  const { cli } = await withB2()
  await cli.run("bucket", "create", "b2:some-bucket")
  cli.write("from/a.txt", "a")
  await cli.run("copy", "@/from", "b2:some-bucket/one", ...given)
  const other = ["--header-upload", "Cache-Control: no-store"]
  expect((await cli.run("copy", "b2:some-bucket/one", "b2:some-bucket/two", ...other)).code).toBe(0)
  const found = await fetched((await cli.run("link", "--expire", "1h", "b2:some-bucket/two/a.txt")).out.trim())
  expect(found).toEqual({ ...wanted, "cache-control": "no-store" })
})

test("a type of the content that is given is what comes with the file, from S3 too", async () => {
  const { cli: b2, emulator } = await withB2({ s3: {} })
  await b2.run("bucket", "create", "b2:some-bucket")
  for (const [type, cli] of [
    ["b2", b2],
    ["s3", withS3(emulator)]
  ] as const) {
    cli.write("from/page", "<p>")
    const { code } = await cli.run(
      "copy",
      "@/from",
      `${type}:some-bucket/${type}`,
      "--header-upload",
      "Content-Type: text/html; charset=utf-8"
    )
    const { body, headers } = await fetch((await b2.run("link", `b2:some-bucket/${type}/page`)).out.trim())
    await body?.cancel()
    expect([type, code, headers.get("content-type")]).toEqual([type, 0, "text/html; charset=utf-8"])
  }
})

test("a place that keeps no headers, and a header that is none, are refused before anything is written", async () => {
  const cli = makeCli()
  cli.write("from/a.txt", "a")
  for (const verb of ["copy", "sync", "move"]) {
    const { code, error } = await cli.run(verb, "@/from", "@/to", "--header-upload", "Cache-Control: no-store")
    expect([verb, code, error]).toEqual([verb, 2, expect.stringContaining("keeps no headers")])
  }
  for (const header of ["X-Own: 1", "Cache-Control", "Expires: soon", "Cache-Control: ünder", "Content-Type: html"]) {
    const { code, error } = await cli.run("copy", "@/from", "@/to", "--header-upload", header)
    expect([code, error]).toEqual([2, expect.stringContaining(header.split(":")[0]!)])
  }
  expect(cli.read("from/a.txt")).toBe("a")
  expect(() => cli.read("to/a.txt")).toThrow()
})
