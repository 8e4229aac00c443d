/**
 * Spans of tasks, jobs and requests, and the figures of a service, to a collector of OpenTelemetry by OTLP over HTTP.
 *
 * Loaded only where the environment names a collector. One that does not answer costs a command a second at its end, and
 * fails nothing. The standard variables hold: `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`,
 * `OTEL_SDK_DISABLED` and their kin.
 */
import { hostname } from "node:os"
import { TracesFiles } from "@ourclone/core/machine/Traced"
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpBody from "effect/http/HttpBody"
import * as Layer from "effect/Layer"
import * as OtlpMetrics from "effect/observability/OtlpMetrics"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as OtlpTracer from "effect/observability/OtlpTracer"
import type * as Scope from "effect/Scope"

export interface TelemetryOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly version: string
  /** Whether figures are told as well, which only who lasts has. */
  readonly withFigures: boolean
  /** Takes secrets out of texts; asked for each time, as secrets change. */
  readonly scrubber: Effect.Effect<(text: string) => string>
  /** Hears why there is none. */
  readonly note: (line: string) => void
}

const usual = {
  OTEL_TRACES_EXPORTER: "otlp",
  OTEL_METRICS_EXPORTER: "otlp",
  OTEL_SERVICE_NAME: "ourclone",
  // Who waits for a command does not wait longer for a collector that is away.
  OTEL_BSP_EXPORT_TIMEOUT: "1000"
}

/** As JSON, every text of which is scrubbed before it leaves. */
const serialization = (scrubber: TelemetryOptions["scrubber"]) => {
  const body = (data: unknown): HttpBody.HttpBody => {
    const scrub = Effect.runSync(scrubber)
    const plain = (_: string, value: unknown): unknown =>
      typeof value === "string"
        ? scrub(value)
        : typeof value === "number" && !Number.isFinite(value)
          ? String(value)
          : value
    return HttpBody.text(JSON.stringify(data, plain), "application/json")
  }
  return Layer.succeed(OtlpSerialization.OtlpSerialization, { traces: body, metrics: body, logs: body })
}

/** Until the scope closes. Empty where the variables make no sense. */
export const make = Effect.fnUntraced(function* ({
  environment,
  note,
  scrubber,
  version,
  withFigures
}: TelemetryOptions): Effect.fn.Return<Context.Context<never>, never, Scope.Scope> {
  const env = Object.fromEntries(
    Object.entries({ ...usual, ...environment }).filter((entry): entry is [string, string] => (entry[1] ?? "") !== "")
  )
  const resource = { serviceVersion: version, attributes: { "host.name": hostname(), "process.pid": process.pid } }
  const exporters = Layer.mergeAll(
    OtlpTracer.layerFromConfig({ resource }),
    ...(withFigures ? [OtlpMetrics.layerFromConfig({ resource })] : [])
  ).pipe(
    Layer.provide(serialization(scrubber)),
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
  )
  const built = Effect.map(Layer.build(exporters), (context) => Context.add(context, TracesFiles, false))
  return yield* Effect.catchCause(built, (cause) => {
    const error = Cause.squash(cause)
    const because = error instanceof Error ? error.message.split("\n", 1)[0] : String(error)
    note(`nothing is told to OpenTelemetry: ${because}; look at the variables OTEL_…`)
    return Effect.succeed(Context.empty())
  })
})
