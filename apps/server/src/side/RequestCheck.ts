/** What is wrong with a request that came as JSON: every field by its path. */
import * as BytesKinds from "@ourclone/jobs/BytesKinds"
import type { InvalidJob } from "@ourclone/jobs/kind/JobError"
import type { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import * as QueryKinds from "@ourclone/jobs/QueryKinds"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type * as Scope from "effect/Scope"
import * as JobLoading from "./JobLoading.ts"
import type { Checked } from "./SideWire.ts"

export type Family = "job" | "query" | "bytes"

interface Offered {
  readonly request: Schema.Top
  readonly needs: (request: unknown) => Effect.Effect<ReadonlyArray<string>, InvalidJob>
  readonly check?: (request: unknown) => Effect.Effect<unknown, InvalidJob>
}

const load = (family: Family, type: string): Effect.Effect<Offered, InvalidJob, ThisMachine | Scope.Scope> =>
  family === "job" ? JobLoading.load(type) : family === "query" ? QueryKinds.load(type) : BytesKinds.load(type)

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const segmentOf = (segment: PropertyKey | { readonly key: PropertyKey }): string | number => {
  const key = typeof segment === "object" ? segment.key : segment
  return typeof key === "number" ? key : String(key)
}

const issuesIn = (schema: Schema.Top, request: unknown) => {
  const codec = Schema.toCodecJson(schema) as unknown as Schema.Codec<unknown, unknown>
  const decoded = Schema.decodeUnknownResult(codec, { errors: "all", onExcessProperty: "error" })(request)
  if (Result.isSuccess(decoded)) return []
  return format(decoded.failure.issue).issues.map(({ message, path = [] }) => ({ path: path.map(segmentOf), message }))
}

const refused = ({ field, message }: InvalidJob): Checked => ({
  _tag: "Refused",
  message,
  issues: field === undefined ? [] : [{ path: [field], message }]
})

/** Of a request that was checked before: what a short look at this machine's own folders tells. */
export const foresee = (type: string, request: unknown): Effect.Effect<Checked, never, ThisMachine | Scope.Scope> =>
  Effect.match(
    Effect.flatMap(JobLoading.load(type), (kind) => kind.foresee(request)),
    { onFailure: refused, onSuccess: (): Checked => ({ _tag: "Fine", needs: [] }) }
  )

export const check = (
  family: Family,
  type: string,
  request: unknown
): Effect.Effect<Checked, never, ThisMachine | Scope.Scope> =>
  Effect.flatMap(Effect.result(load(family, type)), (loaded) => {
    if (Result.isFailure(loaded)) return Effect.succeed<Checked>({ _tag: "Unknown", message: loaded.failure.message })
    const kind = loaded.success
    const issues = issuesIn(kind.request, request)
    if (issues.length > 0) {
      const message = `the request is not one of ${type}: ${issues.map(({ message, path }) => `${path.join(".")}: ${message}`).join("; ")}`
      return Effect.succeed<Checked>({ _tag: "Refused", message, issues })
    }
    return Effect.match(Effect.andThen(kind.check?.(request) ?? Effect.void, kind.needs(request)), {
      onFailure: refused,
      onSuccess: (needs): Checked => ({ _tag: "Fine", needs })
    })
  })
