/** The API's OpenAPI document, and the page that shows it. Both are made when they are first asked for. */
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Layer from "effect/Layer"
import { Api } from "../api/Api.ts"

let document: string | undefined

export const json = (): Response => {
  document ??= JSON.stringify(OpenApi.fromApi(Api))
  return new Response(document, { headers: { "content-type": "application/json" } })
}

let page: ((request: Request) => Promise<Response>) | undefined

/** The viewer brings its own styles and scripts in the page. */
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"

export const path = "/api/docs"

export const view = async (request: Request): Promise<Response> => {
  if (page === undefined) {
    const { layer } = await import("effect/http-api/HttpApiScalar")
    const routes = layer(Api, { path }).pipe(Layer.provide(HttpServer.layerServices))
    page = HttpRouter.toWebHandler(routes, { disableLogger: true }).handler as (request: Request) => Promise<Response>
  }
  const response = await page(request)
  const headers = new Headers(response.headers)
  headers.set("content-security-policy", policy)
  return new Response(response.body, { status: response.status, headers })
}
