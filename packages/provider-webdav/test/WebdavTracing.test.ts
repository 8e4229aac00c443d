import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { expect, it } from "@effect/vitest"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { at } from "@ourclone/core/testing/Check"
import * as Spans from "@ourclone/core/testing/Spans"
import { factory } from "@ourclone/provider-webdav/WebdavFactory"
import { Effect, Redacted, Stream, Tracer } from "effect"

const folderAt = (url: string) =>
  `<D:multistatus xmlns:D="DAV:"><D:response><D:href>${url}</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response></D:multistatus>`

/** Has folders of every name, and tells what it was asked for. */
const served = Effect.acquireRelease(
  Effect.promise(async () => {
    const asked: Array<string> = []
    const server = http.createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      if (request.method === "PROPFIND") response.writeHead(207).end(folderAt(request.url ?? ""))
      else response.end(request.method === "GET" ? "hello" : "")
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return { asked, server }
  }),
  ({ server }) =>
    Effect.sync(() => {
      server.closeAllConnections()
      server.close()
    })
)

it.live("a traced run has one span for each request", () =>
  Effect.gen(function* () {
    const { asked, server } = yield* served
    const { port } = server.address() as AddressInfo
    const secret = "canary-7"
    const values = { url: `http://127.0.0.1:${port}`, user: "ann", password: Redacted.make(secret) }
    const provider = yield* ProviderFactory.open(factory, values, { name: "dav:", location: "place" })
    const before = asked.length
    const { named, spans, tracer } = Spans.make()
    const file = { _tag: "File", path: at("a"), size: 5, modifiedAt: 0, checksums: {} } as const
    const calls = Effect.gen(function* () {
      yield* Effect.ignore(provider.stat(at("a")))
      yield* Effect.ignore(provider.remove(at("a")))
      yield* Stream.runDrain(provider.read(file))
    })
    yield* Effect.provideService(calls, Tracer.Tracer, tracer)
    const told = named("request").map(({ attributes }) => `${attributes.get("method")} ${attributes.get("path")}`)
    expect(told).toEqual(asked.slice(before))
    expect(new Set(told)).toContain("GET /place/a")
    expect(JSON.stringify(spans.map(({ attributes }) => [...attributes]))).not.toContain(secret)
  })
)
