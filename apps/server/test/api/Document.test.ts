import { OpenApi } from "effect/http-api"
import { expect, it } from "vitest"
import { Api } from "../../src/api/Api.ts"

it("the document of the API can be made, and names each route once", () => {
  const document = OpenApi.fromApi(Api)
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
  )
  expect(document.openapi).toBe("3.1.0")
  expect(routes.length).toBeGreaterThan(40)
  expect(routes.every((route) => route.includes(" /api/v1/"))).toBe(true)
})
