/** Every kind there is, with the JSON Schema of its requests and answers. */
import { bytesKinds } from "@ourclone/jobs/BytesKinds"
import { jobKinds } from "@ourclone/jobs/JobKinds"
import { queryKinds } from "@ourclone/jobs/QueryKinds"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { KindAnswer } from "../api/query/QueryGroup.ts"
import * as JobLoading from "./JobLoading.ts"

const documentOf = (schema: Schema.Top): Schema.Json =>
  JSON.parse(JSON.stringify(Schema.toJsonSchemaDocument(Schema.toCodecJson(schema)))) as Schema.Json

export const kinds = Effect.gen(function* () {
  const jobs: Array<KindAnswer> = []
  for (const name of [...Object.keys(jobKinds), ...JobLoading.ofTasks]) {
    const { canPreview, request, summary, type } = yield* JobLoading.load(name)
    jobs.push({ type, canPreview, request: documentOf(request), answer: documentOf(summary) })
  }
  const queries: Array<KindAnswer> = []
  for (const load of Object.values(queryKinds)) {
    const { request, row, type } = yield* Effect.promise(load)
    queries.push({ type, canPreview: false, request: documentOf(request), answer: documentOf(row) })
  }
  const bytes: Array<KindAnswer> = []
  for (const load of Object.values(bytesKinds)) {
    const { request, type } = yield* Effect.promise(load)
    bytes.push({ type, canPreview: false, request: documentOf(request), answer: null })
  }
  return { jobs, queries, bytes }
})
