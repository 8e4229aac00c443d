/** Figures for Prometheus. No names of files, no paths, no labels without bound. */
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"

const requests = Metric.histogram("ourclone_http_request_seconds", {
  description: "How long requests took, by route and status",
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
})

const tasks = Metric.gauge("ourclone_tasks", { description: "Tasks that have not ended, by state" })

export const noteRequest = (route: string, status: number, seconds: number): Effect.Effect<void> =>
  Metric.update(Metric.withAttributes(requests, { route, status: String(status) }), seconds)

const states = ["Queued", "Running", "Waiting", "Paused"] as const

export const text = Effect.fnUntraced(function* (store: Pick<TaskStore, "count">) {
  const counts = yield* store.count(states)
  for (const state of states) {
    yield* Metric.update(Metric.withAttributes(tasks, { state: state.toLowerCase() }), counts.get(state) ?? 0)
  }
  return yield* PrometheusMetrics.format()
})
