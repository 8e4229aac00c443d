/** What a collector of OpenTelemetry hears, by a small one on this machine. */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { expect, onTestFinished, test } from "vitest"
import { type Cli, makeCli } from "./Cli.ts"

interface Span {
  readonly name: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: Readonly<Record<string, unknown>>
}

interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

/** What is read here of one of OTLP. */
interface Document {
  readonly resourceSpans: ReadonlyArray<{
    readonly resource: unknown
    readonly scopeSpans: ReadonlyArray<{
      readonly spans: ReadonlyArray<Omit<Span, "attributes"> & { readonly attributes: ReadonlyArray<Attribute> }>
    }>
  }>
}

const makeCollector = async () => {
  const bodies: Array<{ readonly path: string; readonly text: string }> = []
  const server = http.createServer(async (request, response) => {
    let text = ""
    for await (const piece of request.setEncoding("utf8")) text += piece
    bodies.push({ path: request.url ?? "", text })
    response.end("{}")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  const documents = (path: string): ReadonlyArray<Document> =>
    bodies.filter((body) => body.path === path).map(({ text }) => JSON.parse(text))
  const fields = (attributes: ReadonlyArray<Attribute>) =>
    Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
  const spans = (): ReadonlyArray<Span> =>
    documents("/v1/traces")
      .flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans))
      .flatMap(({ spans }) => spans.map((span) => ({ ...span, attributes: fields(span.attributes) })))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    named: (name: string) => spans().filter((span) => span.name === name),
    texts: () => bodies.map(({ text }) => text).join("\n"),
    documents
  }
}

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 50))
}

const secret = "K005aVerySecretKeyOfABucket"

const configured = (cli: Cli): void =>
  cli.write("settings/config.toml", `[remotes.photos]\ntype = "b2"\nkeyId = "005"\napplicationKey = "${secret}"\n`)

test("a sync is one span with what it came to, none for each file, and no secret is told", async () => {
  const collector = await makeCollector()
  const cli = makeCli({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: "backup" } })
  configured(cli)
  for (const name of ["a", "b", "c"]) cli.write(`from/${name}`, "text")
  expect((await cli.run("sync", "@/from", "@/to")).code).toBe(0)
  expect(collector.spans().map(({ name }) => name)).toEqual(["job"])
  expect(collector.spans()[0]?.attributes).toMatchObject({ type: "sync", stored: 3, storedBytes: 12 })
  const [first] = collector.documents("/v1/traces")
  expect(JSON.stringify(first?.resourceSpans[0]?.resource)).toContain('"backup"')
  // What goes wrong is told in words, which may hold anything.
  expect((await cli.run("sync", `@/absent/${secret}`, "@/to")).code).not.toBe(0)
  const failed = collector.named("job").at(-1)
  expect(JSON.stringify(failed)).toContain("absent/xxx")
  expect(collector.texts()).not.toContain(secret)
})

test("a collector that is away or makes no sense changes neither what a command says nor its code", async () => {
  const words = ["sync", "@/from", "@/to"]
  const run = async (environment: Readonly<Record<string, string>>) => {
    const cli = makeCli({ environment })
    cli.write("from/a", "text")
    const began = Date.now()
    const { code, error } = await cli.run(...words)
    return { code, error: error.replace(/ in .*/, ""), millis: Date.now() - began }
  }
  const plain = await run({})
  const away = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" })
  expect([away.code, away.error]).toEqual([plain.code, plain.error])
  const wrong = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: "no address" })
  expect([wrong.code, wrong.error]).toEqual([0, expect.stringMatching(/^nothing is told to OpenTelemetry: [^\n]*\n/)])
  expect(wrong.error).toContain(plain.error)
  expect((await run({ OTEL_EXPORTER_OTLP_ENDPOINT: "no address", OTEL_SDK_DISABLED: "true" })).code).toBe(0)
})

test("a service tells its requests and figures, and the runners it starts their tasks", async () => {
  const collector = await makeCollector()
  const cli = makeCli()
  configured(cli)
  for (const name of ["a", "b"]) cli.write(`from/${name}`, "text")
  const at = (name: string) => path.join(cli.folder, name)
  const environment = {
    ...{ PATH: process.env.PATH, HOME: cli.folder, XDG_STATE_HOME: at("state"), XDG_CACHE_HOME: at("cache") },
    ...{ OURCLONE_CONFIG: cli.configuration, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    ...{ OTEL_BSP_SCHEDULE_DELAY: "200", OTEL_METRIC_EXPORT_INTERVAL: "300" }
  }
  const main = path.join(import.meta.dirname, "../src/main.ts")
  const words = [main, "serve", "--addr", "127.0.0.1:0", "--socket", at("socket"), "--root", cli.folder]
  const service = spawn(process.execPath, words, { env: environment, stdio: ["ignore", "ignore", "pipe"] })
  const gone = new Promise((resolve) => service.once("exit", resolve))
  onTestFinished(async () => {
    service.kill("SIGKILL")
    await gone
  })
  for await (const line of createInterface({ input: service.stderr })) if (line.startsWith("set it up")) break
  expect((await cli.run("sync", "@/from", "@/to", "--server", `unix:${at("socket")}`)).code).toBe(0)
  await until(() => collector.named("task").length > 0 && collector.named("tasks.start").length > 0)
  const [task] = collector.named("task")
  expect(task?.attributes).toMatchObject({ kind: "sync", origin: "command", run: 1, state: "Done", done: 2 })
  expect(collector.named("job").filter(({ parentSpanId }) => parentSpanId === task?.spanId)).toHaveLength(1)
  expect(collector.named("tasks.start")[0]?.attributes).toMatchObject({
    "http.request.method": "POST",
    "http.response.status_code": 201
  })
  expect(collector.named("file")).toEqual([])
  await until(() => JSON.stringify(collector.documents("/v1/metrics")).includes("ourclone_tasks"))
  expect(collector.texts()).not.toContain(secret)
  expect(fs.readdirSync(at("to")).sort()).toEqual(["a", "b"])
  service.kill("SIGTERM")
  await gone
}, 300_000)
