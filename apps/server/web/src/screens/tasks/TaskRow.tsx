/** The columns of a list of tasks, the same wherever one is shown. */
import * as Amount from "@ourclone/core/events/Amount"
import { cameTo } from "@ourclone/tasks/task/CameTo"
import { titleOf } from "@ourclone/tasks/task/TaskTitle"
import { useQuery } from "@tanstack/react-query"
import type { TaskAnswer } from "../../../../src/api/tasks/TaskAnswer.ts"
import { samplesOf } from "../../api/tasks.ts"
import type { Column } from "../../ui/DataTable.tsx"
import { visible } from "../../ui/Path.tsx"
import { Progress } from "../../ui/Progress.tsx"
import { StateBadge } from "../../ui/StateBadge.tsx"
import { exactly, shortly } from "../../words/moments.ts"
import { leftOf, percent, rateOf, shareOf, tookOf } from "../../words/taskFigures.ts"
import { lookOf, waitReason } from "../../words/taskStates.ts"
import styles from "./TaskRow.module.css"

export const TaskState = ({ isFilled = false, task }: { readonly task: TaskAnswer; readonly isFilled?: boolean }) => {
  const { icon, tone, word } = lookOf(task.state)
  const wish = task.wish === null ? undefined : task.wish._tag === "Pause" ? "pausing" : "cancelling"
  return (
    <StateBadge tone={tone} icon={icon} isFilled={isFilled}>
      {wish ?? word}
    </StateBadge>
  )
}

export const useSamples = (id: string) => useQuery(samplesOf(id)).data ?? []

/** Of what does not know how much there is, as a mount never does. */
const soFar = (files: number): string => (files === 0 ? "at work" : `${Amount.files(files)} so far`)

/** What a row says of how far it is, or how it ended. */
const Standing = ({ task }: { readonly task: TaskAnswer }) => {
  const { state, totals } = task
  if (state._tag === "Failed") return <span className={styles.why}>{visible(state.failure.message)}</span>
  if (state._tag === "Cancelled" || state._tag === "Paused") return <>by {visible(state.by)}</>
  if (state._tag === "Waiting") {
    return (
      <span className={styles.why}>
        {waitReason(state.for)}
        {state.until === null ? "" : ` until ${exactly(state.until)}`}
      </span>
    )
  }
  if (state._tag === "Done") return <>{cameTo(task)}</>
  if (state._tag === "Queued") return <>{task.run > 0 ? "goes on in its turn" : "starts in its turn"}</>
  const share = shareOf(task)
  const text = share === undefined ? soFar(totals.files) : percent(share)
  return (
    <span className={styles.progress}>
      <Progress label="Progress" share={share} text={text} isThin />
      <span>{text}</span>
    </span>
  )
}

const Rate = ({ task }: { readonly task: TaskAnswer }) => {
  const rate = rateOf(useSamples(task.id), Date.now())
  return <>{task.state._tag === "Running" && rate !== undefined ? `${Amount.bytes(rate)}/s` : "–"}</>
}

const Left = ({ task }: { readonly task: TaskAnswer }) => {
  const left = leftOf(task, useSamples(task.id), Date.now())
  if (task.state._tag === "Running") return <>{left ?? "–"}</>
  return <>{task.endedAt === null ? "–" : tookOf(task, Date.now())}</>
}

const origins = { command: "command", service: "page", terminal: "terminal", schedule: "schedule" } as const

export const originOf = ({ origin, schedule }: TaskAnswer): string => (schedule === null ? origins[origin] : "schedule")

export const taskColumns: ReadonlyArray<Column<TaskAnswer>> = [
  { id: "state", label: "State", width: "108px", cell: (task) => <TaskState task={task} /> },
  {
    id: "title",
    label: "Task",
    width: "minmax(220px, 4fr)",
    onPhone: "first",
    cell: (task) => <span title={visible(titleOf(task))}>{visible(titleOf(task))}</span>
  },
  { id: "standing", label: "Progress", width: "minmax(140px, 1fr)", cell: (task) => <Standing task={task} /> },
  { id: "rate", label: "Rate", width: "76px", isNumber: true, onPhone: "none", cell: (task) => <Rate task={task} /> },
  { id: "left", label: "Left / took", width: "92px", isNumber: true, cell: (task) => <Left task={task} /> },
  {
    id: "failed",
    label: "Failed",
    width: "52px",
    isNumber: true,
    onPhone: "none",
    cell: ({ totals }) => <span className={totals.failed > 0 ? styles.failed : ""}>{Amount.count(totals.failed)}</span>
  },
  {
    id: "started",
    label: "Started",
    width: "150px",
    onPhone: "none",
    cell: (task) => {
      const at = task.startedAt ?? task.createdAt
      return (
        <span title={exactly(at)}>
          {shortly(at, Date.now())} <span className={styles.why}>by {originOf(task)}</span>
        </span>
      )
    }
  }
]
