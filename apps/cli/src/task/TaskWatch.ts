/** `task watch`: what a task does, as if it ran here. */
import { version } from "@ourclone/core/events/Envelope"
import { printable } from "@ourclone/core/events/PrintableText"
import type { RunView } from "@ourclone/core/events/RunView"
import * as Follow from "@ourclone/tasks/host/Follow"
import type { Task } from "@ourclone/tasks/task/Task"
import { bytesDone, filesDone } from "@ourclone/tasks/task/TaskFigures"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ExitCode from "../ExitCode.ts"
import * as Output from "../Output.ts"
import * as RunReport from "../RunReport.ts"
import * as TransferText from "../TransferText.ts"
import { told } from "../words/remedies.ts"
import * as Tasks from "./Tasks.ts"
import * as TaskText from "./TaskText.ts"

const codeOf = ({ state }: Task): number => {
  if (state._tag === "Failed") return ExitCode.ofCode(state.failure.code)
  if (state._tag === "Cancelled") return ExitCode.interrupted
  return state._tag === "Done" && state.failed > 0 ? ExitCode.someFilesFailed : ExitCode.done
}

/** `view`, which is of the run that goes on, with the figures of all runs of the task together. */
const ofTask = (view: RunView, task: Task | undefined): RunView => {
  if (task === undefined) return view
  const { bytes, earlier, files, isFinal } = task.totals
  const before = earlier?.doneBytes ?? 0
  return {
    ...view,
    done: { files: filesDone(task), bytes: bytesDone(task) },
    planned: {
      ...view.planned,
      files: Math.max(files, filesDone(task)),
      bytes: Math.max(bytes, bytesDone(task)),
      isFinal
    },
    samples: view.samples.map(([at, sum]) => [at, sum + before] as const)
  }
}

export const watch = Effect.fnUntraced(function* (flags: { readonly id: string; readonly progress: boolean }) {
  const output = yield* Output.make
  const tasks = yield* Tasks.open
  const { id } = yield* tasks.load(flags.id)
  const ended = yield* Effect.scoped(
    Effect.gen(function* () {
      let last: Task | undefined
      const report = yield* RunReport.make(output, {
        asksForProgress: flags.progress,
        shown: (view) => ofTask(view, last),
        inWords: TransferText.ofFact,
        result: (fact) => {
          if (fact._tag === "Note") output.note(printable(told(fact)))
        }
      })
      yield* Stream.runForEach(Follow.follow(tasks.following(output), id), (said) => {
        if (said._tag === "Facts") return report.sink(said.facts)
        if (said._tag === "Gone") return Effect.sync(() => output.note("what happened before is kept in sums only"))
        const { progress, state } = said.task
        if (last?.state._tag !== state._tag && (state._tag === "Queued" || state._tag === "Paused")) {
          output.note(TaskText.state(said.task, Date.now()))
        }
        last = said.task
        return progress === null ? Effect.void : report.sink([{ v: version, at: Date.now(), event: progress }])
      })
      for (const line of RunReport.failureLines(report.view())) output.problem(line)
      return last
    })
  )
  if (ended === undefined) return
  const counts = TaskText.counts(ended)
  output.note(`${TaskText.state(ended, Date.now())}${counts === "" ? "" : `: ${counts}`}`)
  const code = codeOf(ended)
  const message = ended.state._tag === "Failed" ? told(ended.state.failure) : ""
  if (code !== ExitCode.done) return yield* new ExitCode.CommandStopped({ code, message })
}, Effect.scoped)
