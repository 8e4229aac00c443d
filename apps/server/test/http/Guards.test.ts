import { expect, test } from "vitest"
import { unknown } from "../../src/http/Connection.ts"
import * as Guards from "../../src/http/Guards.ts"

const ask = (allowed: ReadonlyArray<string>, host: string) =>
  Guards.hostCheck(allowed)(new Request("http://localhost/", { headers: { host } }), unknown())?.status ?? 200

test("a service that listens at an address of IPv6 goes by it, as browsers write it", () => {
  expect(ask(["fd00::5"], "[fd00::5]:7727")).toBe(200)
  expect(ask(["fd00::5"], "[FD00::5]")).toBe(200)
  expect(ask(["fd00::5"], "[fd00::6]:7727")).toBe(421)
  expect(ask(["fd00::5"], "fd00:")).toBe(421)
  expect(ask(["nas.home:7727"], "nas.home")).toBe(200)
})
