/** Every kind there is, with the JSON Schema of its requests and answers. */
import { bytesKinds } from "@ourclone/jobs/BytesKinds"
import { jobKinds } from "@ourclone/jobs/JobKinds"
import { queryKinds } from "@ourclone/jobs/QueryKinds"
import * as Schema from "effect/Schema"
import type { KindAnswer } from "../api/query/QueryGroup.ts"

const documentOf = (schema: Schema.Top): Schema.Json =>
  JSON.parse(JSON.stringify(Schema.toJsonSchemaDocument(Schema.toCodecJson(schema)))) as Schema.Json

export const kinds = async () => {
  const jobs: Array<KindAnswer> = []
  for (const load of Object.values(jobKinds)) {
    const { canPreview, request, summary, type } = await load()
    jobs.push({ type, canPreview, request: documentOf(request), answer: documentOf(summary) })
  }
  const queries: Array<KindAnswer> = []
  for (const load of Object.values(queryKinds)) {
    const { request, row, type } = await load()
    queries.push({ type, canPreview: false, request: documentOf(request), answer: documentOf(row) })
  }
  const bytes: Array<KindAnswer> = []
  for (const load of Object.values(bytesKinds)) {
    const { request, type } = await load()
    bytes.push({ type, canPreview: false, request: documentOf(request), answer: null })
  }
  return { jobs, queries, bytes }
}
