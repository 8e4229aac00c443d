import * as net from "node:net"
import { expect, onTestFinished, test, vi } from "vitest"
import { startService } from "../TestService.ts"

/** A machine that has no such address. */
const without = (absent: string, code: string) => {
  const { listen } = net.Server.prototype
  const spy = vi.spyOn(net.Server.prototype, "listen").mockImplementation(function (this: net.Server, ...given) {
    const [where] = given as ReadonlyArray<unknown>
    if ((where as { readonly host?: string }).host !== absent) return listen.apply(this, given as never)
    queueMicrotask(() => this.emit("error", Object.assign(new Error(`listen ${code}`), { code })))
    return this
  })
  onTestFinished(() => spy.mockRestore())
}

test.each(["EADDRNOTAVAIL", "EAFNOSUPPORT"])("a machine without IPv6 is served all the same (%s)", async (code) => {
  without("::1", code)
  const service = await startService({ addresses: ["127.0.0.1", "::1"] })
  expect((await service.ask("/ready")).status).toBe(200)
  expect(service.lines.filter((line) => line.startsWith("listening at http"))).toHaveLength(1)
})

test("an address that is asked for and not there is told", async () => {
  without("::1", "EADDRNOTAVAIL")
  await expect(startService({ addresses: ["::1"] })).rejects.toThrow("this machine has no such address")
})

test("a service at all addresses is set up by a link that every browser opens, under a name it goes by", async () => {
  const service = await startService({ addresses: ["0.0.0.0"], allowHttp: true })
  const link = new URL(service.lines.find((line) => line.startsWith("set it up"))!.split(": ")[1]!)
  expect([link.hostname, link.pathname]).toEqual(["localhost", "/setup"])
  expect((await fetch(`http://127.0.0.1:${link.port}/api/v1/setup`)).status).toBe(200)
  const named = await service.ask("/api/v1/setup", { headers: { host: link.host } })
  expect(named.status).toBe(200)
  expect((await service.ask("/api/v1/setup", { headers: { host: "elsewhere.example" } })).status).toBe(421)
})
