/** How the first admin comes to be, and those who are invited: nobody else does. */
import { expect, test } from "vitest"
import { password, startService, type TestService } from "../TestService.ts"

const linkOf = ({ lines }: TestService): string => lines.find((line) => line.startsWith("set it up"))!.split("#")[1]!

const setUp = async (service: TestService, token: string, name: string, chosen = password) => {
  const { json, status } = await service.ask("/api/v1/setup", { body: { token, name, password: chosen } })
  return [status, json.code] as const
}

const signIn = async (service: TestService, name: string, password: string) =>
  (await service.ask("/api/v1/session", { body: { name, password } })).status

test("before it is set up the service does nothing but be set up", async () => {
  const service = await startService()
  const { json } = await service.ask("/api/v1/setup")
  expect(json).toEqual({ isSetUp: false })
  const guessed = await service.ask("/api/v1/setup", {
    body: { token: "guess", name: "eve", password: "a long password" }
  })
  expect(guessed.status).toBe(403)
  await service.setUp()
  // Nor does anybody become somebody who is there already.
  const taken = await service.ask("/api/v1/setup", {
    body: { token: "guess", name: "ann", password: "eve's password" }
  })
  expect(taken.status).toBe(403)
  expect((await service.ask("/api/v1/session", { body: { name: "ann", password: "eve's password" } })).status).toBe(401)
  expect((await service.ask("/api/v1/session", { body: { name: "", password: "" } })).status).toBe(401)
})

test("the link makes one admin, however many open it at once, and nobody afterwards", async () => {
  const service = await startService()
  const link = linkOf(service)
  const tried = await Promise.all(["ann", "eve"].map((name) => setUp(service, link, name)))
  expect(tried.toSorted()).toEqual([
    [200, undefined],
    [409, "IsSetUp"]
  ])
  const signedIn = await Promise.all(["ann", "eve"].map((name) => signIn(service, name, password)))
  expect(signedIn.toSorted()).toEqual([200, 401])
  expect(await setUp(service, link, "eve")).toEqual([403, "LinkUsed"])
})

test("an invitation is for the name it was made for, once, and gives no role but that one", async () => {
  const service = await startService()
  const as = await service.setUp()
  const invited = await service.ask("/api/v1/users", { as, body: { name: "bob", role: "viewer" } })
  const { token } = invited.json
  expect(await setUp(service, token, "ann", "eve's password")).toEqual([403, "LinkUsed"])
  expect(await setUp(service, token, "eve", "eve's password")).toEqual([403, "LinkUsed"])
  expect(await signIn(service, "ann", password)).toBe(200)
  // Nobody signs in as who has no password yet.
  for (const guess of ["", "null", "undefined"]) expect(await signIn(service, "bob", guess)).toBe(401)
  const taken = await service.ask("/api/v1/setup", { body: { token, name: "bob", password } })
  expect([taken.status, taken.json.role]).toEqual([200, "viewer"])
  expect(await setUp(service, token, "bob", "eve's password")).toEqual([403, "LinkUsed"])
})

test("links are guessed five times, then after pauses", async () => {
  const service = await startService()
  const link = linkOf(service)
  for (let guess = 0; guess < 5; guess++) {
    expect(await setUp(service, `guess-${guess}`, "eve")).toEqual([403, "LinkUsed"])
  }
  expect(await setUp(service, link, "ann")).toEqual([429, "TooMany"])
})

test("a first password from a file is no shorter than one that is typed", async () => {
  await expect(startService({ password: "short" })).rejects.toThrow("at least 10 characters")
  const service = await startService({ password })
  expect([await signIn(service, "admin", password), await signIn(service, "admin", "")]).toEqual([200, 401])
  expect(service.lines.some((line) => line.startsWith("set it up"))).toBe(false)
})
