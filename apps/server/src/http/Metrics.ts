/** Figures for Prometheus. No names of files, no paths, no labels without bound: those of schedules are as many as there are. */
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import { goingOn } from "@ourclone/tasks/task/TaskState"
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

/** So many of each are told of. */
const mostRows = 500

interface Family {
  readonly name: string
  readonly help: string
  readonly rows: ReadonlyArray<readonly [labels: Readonly<Record<string, string>>, value: number]>
}

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")

/** Written from the journal each time: what is gone leaves no line. */
const written = ({ help, name, rows }: Family): string =>
  rows.length === 0
    ? ""
    : [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} gauge`,
        ...rows.map(([labels, value]) => {
          const text = Object.entries(labels).map(([label, is]) => `${label}="${escaped(is)}"`)
          return `${name}${text.length === 0 ? "" : `{${text.join(",")}}`} ${value}`
        }),
        ""
      ].join("\n")

const journal = Effect.fnUntraced(function* (store: Pick<TaskStore, "list" | "schedules">) {
  const running = yield* store.list({ states: ["Running", "Waiting"], limit: mostRows })
  const schedules = (yield* store.schedules.list).slice(0, mostRows)
  const sum = (figure: "done" | "doneBytes" | "failed") =>
    running.reduce((total, { totals }) => total + totals[figure], 0)
  const families: ReadonlyArray<Family> = [
    { name: "ourclone_running_files", help: "Files that tasks under way have done", rows: [[{}, sum("done")]] },
    { name: "ourclone_running_bytes", help: "Bytes that tasks under way have done", rows: [[{}, sum("doneBytes")]] },
    { name: "ourclone_running_failed_files", help: "Files that failed there", rows: [[{}, sum("failed")]] },
    {
      name: "ourclone_schedule_on",
      help: "Whether a schedule starts tasks",
      rows: schedules.map(({ isOn, name }) => [{ schedule: name }, isOn ? 1 : 0])
    },
    {
      name: "ourclone_schedule_last_success_seconds",
      help: "When a schedule went well last, in seconds since 1970 UTC; no line where it never did",
      rows: schedules.flatMap(({ lastSuccessAt, name }) =>
        lastSuccessAt === null ? [] : [[{ schedule: name }, lastSuccessAt / 1000] as const]
      )
    }
  ]
  return families.map(written).join("")
})

export const noteTasks = Effect.fnUntraced(function* (store: Pick<TaskStore, "count">) {
  const counts = yield* store.count(goingOn)
  for (const state of goingOn) {
    yield* Metric.update(Metric.withAttributes(tasks, { state: state.toLowerCase() }), counts.get(state) ?? 0)
  }
})

export const text = Effect.fnUntraced(function* (store: Pick<TaskStore, "count" | "list" | "schedules">) {
  yield* noteTasks(store)
  const kept = yield* journal(store)
  return `${(yield* PrometheusMetrics.format()).trimEnd()}\n${kept}`
})
