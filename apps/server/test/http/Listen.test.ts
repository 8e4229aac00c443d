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
