import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"
import { startService } from "../TestService.ts"

test("files go up and down whole or in ranges, and are not replaced unasked", async () => {
  const service = await startService()
  const as = await service.setUp()
  const at = (name: string) => `/api/v1/files?path=${encodeURIComponent(path.join(service.home, name))}`
  const large = Buffer.alloc(9 * 1024 * 1024, "0123456789")
  const up = await service.ask(at("new folder/a.bin"), { method: "PUT", as, raw: large })
  expect([up.status, up.json]).toEqual([
    201,
    { path: path.join(service.home, "new folder/a.bin"), bytes: large.length }
  ])
  expect(fs.readFileSync(path.join(service.home, "new folder/a.bin")).equals(large)).toBe(true)

  const again = await service.ask(at("new folder/a.bin"), { method: "PUT", as, raw: "small" })
  expect([again.status, again.json.code]).toEqual([409, "AlreadyExists"])
  const replaced = await service.ask(`${at("new folder/a.bin")}&overwrite=true`, { method: "PUT", as, raw: "small" })
  expect(replaced.status).toBe(201)

  const headers = { "content-range": "bytes 0-1/5" }
  const piece = await service.ask(`${at("new folder/a.bin")}&overwrite=true`, { method: "PUT", as, raw: "no", headers })
  expect([piece.status, piece.json.code]).toEqual([400, "OnlyWhole"])

  const whole = await service.ask(at("new folder/a.bin"), { as })
  expect([whole.status, whole.text, whole.headers["content-length"]]).toEqual([200, "small", "5"])
  const etag = String(whole.headers.etag)
  const ranged = (headers: Readonly<Record<string, string>>) => service.ask(at("new folder/a.bin"), { as, headers })
  const part = await ranged({ range: "bytes=1-2", "if-range": etag })
  expect([part.status, part.text, part.headers["content-range"]]).toEqual([206, "ma", "bytes 1-2/5"])
  const other = await ranged({ range: "bytes=1-2", "if-range": '"another"' })
  expect([other.status, other.text]).toEqual([200, "small"])
  const outside = await ranged({ range: "bytes=9-" })
  expect([outside.status, outside.headers["content-range"]]).toEqual([416, "bytes */5"])
  const absent = await service.ask(at("nothing"), { as })
  expect([absent.status, absent.json.code]).toEqual([404, "NotFound"])
  expect(fs.readdirSync(path.join(service.home, "new folder"))).toEqual(["a.bin"])
})

test("a service that stops ends what streams, and is gone soon", async () => {
  const service = await startService()
  const as = await service.setUp()
  const streaming = service.ask("/api/v1/events", { as })
  const { status } = await service.ask("/ready")
  expect(status).toBe(200)
  await service.stop()
  expect((await streaming).status).toBe(200)
  await expect(service.ask("/health")).rejects.toThrow()
})
