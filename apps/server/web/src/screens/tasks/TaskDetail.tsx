import * as Amount from "@ourclone/core/events/Amount"
import { completed } from "@ourclone/tasks/task/CameTo"
import { titleOf } from "@ourclone/tasks/task/TaskTitle"
import { useParams, useSearch } from "@tanstack/react-router"
import type { TaskAnswer } from "../../../../src/api/tasks/TaskAnswer.ts"
import { useLoaded } from "../../api/loaded.ts"
import { task as taskQuery } from "../../api/tasks.ts"
import type { TaskView } from "../../routes.tsx"
import { CopyCommand } from "../../ui/CopyButton.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Card, Facts, Page } from "../../ui/Page.tsx"
import { visible } from "../../ui/Path.tsx"
import { Progress } from "../../ui/Progress.tsx"
import { Tabs } from "../../ui/Tabs.tsx"
import { commandLine } from "../../words/commandLine.ts"
import { exactly } from "../../words/moments.ts"
import { adviceOf } from "../../words/remedies.ts"
import { bytesText, leftOf, percent, rateOf, shareOf, silentFor, tookOf } from "../../words/taskFigures.ts"
import { goesOn, lookOf, waitReason } from "../../words/taskStates.ts"
import { AdviceLink } from "./AdviceLink.tsx"
import { limitWords } from "./LimitsDialog.tsx"
import { Outcomes } from "./Outcomes.tsx"
import { RateGraph } from "./RateGraph.tsx"
import { TaskActions } from "./TaskActions.tsx"
import styles from "./TaskDetail.module.css"
import { TaskLog } from "./TaskLog.tsx"
import { originOf, TaskState, useSamples } from "./TaskRow.tsx"

const numberIn = (json: unknown, name: string): number | undefined => {
  const value = typeof json === "object" && json !== null ? (json as Record<string, unknown>)[name] : undefined
  return typeof value === "number" ? value : undefined
}

const phases = {
  listing: "Listing",
  comparing: "Comparing",
  hashing: "Hashing",
  transferring: "Transferring",
  deleting: "Deleting",
  verifying: "Verifying",
  finishing: "Finishing"
} as const

const Standing = ({ task }: { readonly task: TaskAnswer }) => {
  const samples = useSamples(task.id)
  const now = Date.now()
  const { progress, state } = task
  const share = shareOf(task)
  const isMoving = state._tag === "Running"
  const rate = isMoving ? rateOf(samples, now) : undefined
  const silent = isMoving && progress?.phase === "transferring" ? silentFor(samples, now) : undefined
  const left = isMoving ? leftOf(task, samples, now) : undefined
  const text = [share === undefined ? undefined : percent(share), left === undefined ? undefined : `${left} left`]
    .filter((part) => part !== undefined)
    .join(", ")
  return (
    <div className={styles.standing}>
      <div className={styles.line}>
        {isMoving && progress !== null ? <strong>{phases[progress.phase]}</strong> : null}
        <span>{bytesText(task)}</span>
        <span className={styles.right}>
          {rate === undefined ? "" : `${Amount.bytes(rate)}/s`}
          {silent === undefined ? "" : `no data for ${Amount.duration(silent / 1000)}`}
          {left === undefined ? "" : ` · ${left} left`}
        </span>
      </div>
      {/* Changes at each quarter and with the state, and is read out then. */}
      <p className="sr-only" role="status">
        {lookOf(state).word}
        {share === undefined || !isMoving ? "" : `, ${Math.floor(share * 4) * 25} %`}
      </p>
      <Progress label="Progress" share={share} text={text} isStill={!isMoving && state._tag !== "Done"} />
      {isMoving ? <RateGraph samples={samples} /> : null}
    </div>
  )
}

const Standings = ({ task }: { readonly task: TaskAnswer }) => {
  const { state } = task
  if (state._tag === "Failed") {
    const advice = adviceOf(state.failure.code, state.failure.remedy, state.failure.provider)
    return (
      <Notice tone="failed" title="It could not go on" actions={<AdviceLink advice={advice} />}>
        <p>{visible(state.failure.message)}</p>
        {advice === undefined ? null : <p>{advice.text}</p>}
      </Notice>
    )
  }
  if (state._tag === "Waiting") {
    const { failure } = state
    const advice = failure === undefined ? undefined : adviceOf(failure.code, failure.remedy, failure.provider)
    return (
      <Notice tone="waiting" title={`Waiting: ${waitReason(state.for)}`} actions={<AdviceLink advice={advice} />}>
        {failure === undefined ? null : <p>{visible(failure.message)}</p>}
        {advice === undefined ? null : <p>{advice.text}</p>}
        <p>{goesOn(state, exactly)}</p>
      </Notice>
    )
  }
  return null
}

const Now = ({ task }: { readonly task: TaskAnswer }) => {
  const current = task.progress?.current ?? []
  const more = task.progress?.more ?? 0
  if (task.endedAt !== null) {
    return <p className={styles.muted}>It has ended; nothing is on its way. The log tells what was done.</p>
  }
  if (current.length === 0) return <p className={styles.muted}>Nothing is on its way at this moment.</p>
  return (
    <ul className={styles.current} aria-label="Files on their way">
      {current.map(({ done, item, phase, size }) => (
        <li key={item}>
          <span className={styles.item} title={visible(item)}>
            {visible(item)}
          </span>
          <span className={styles.muted}>
            {phase === undefined ? "" : `${phase}, `}
            {Amount.bytes(done)} of {Amount.bytes(size)}
          </span>
          <Progress label={visible(item)} share={size === 0 ? undefined : done / size} isThin />
        </li>
      ))}
      {more === 0 ? null : <li className={styles.muted}>and {Amount.count(more)} more</li>}
    </ul>
  )
}

const Request = ({ task: { kind, request } }: { readonly task: TaskAnswer }) => {
  const command = commandLine(kind, request)
  return (
    <div className={styles.request}>
      {command === undefined ? null : (
        <>
          <p className={styles.muted}>The same on the command line. It holds no secret.</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
          <section tabIndex={0} aria-label="Command" className={`${styles.json} ${styles.command}`}>
            <pre>{visible(command)}</pre>
          </section>
          <p>
            <CopyCommand command={command} isShown />
          </p>
        </>
      )}
      <p className={styles.muted}>What was asked for, as the API takes it. It holds no secret.</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section tabIndex={0} aria-label="Request" className={styles.json}>
        <pre>{JSON.stringify({ kind, request }, undefined, 2)}</pre>
      </section>
    </div>
  )
}

export const TaskDetail = () => {
  const { id } = useParams({ from: "/signedIn/tasks/$id" })
  const { code, view = "now" } = useSearch({ from: "/signedIn/tasks/$id" })
  const task = useLoaded(taskQuery(id))
  const title = visible(titleOf(task))
  const share = shareOf(task)
  const same = numberIn(task.summary, "same") ?? numberIn(task.summary, "filesUnmodified")
  const { totals } = task
  const limits = limitWords(task)
  const tab = (name: TaskView, label: string, count?: number) => ({
    label,
    count,
    isCurrent: name === view,
    link: { to: "/tasks/$id", params: { id }, search: name === "now" ? {} : { view: name } } as const,
    ...(name === "failed" ? { tone: "failed" as const } : {})
  })
  return (
    <Page
      title={title}
      windowTitle={task.state._tag === "Running" && share !== undefined ? `${percent(share)} ${title}` : title}
      crumbs={[{ label: "Tasks", link: { to: "/tasks" } }]}
      lead={
        <span className={styles.lead}>
          <TaskState task={task} isFilled />
          {task.run > 1 ? <span>run {task.run}</span> : null}
          <span>by {originOf(task)}</span>
          {task.host === null ? null : <span>on {task.host}</span>}
        </span>
      }
      actions={<TaskActions task={task} />}
    >
      <Standings task={task} />
      <Card>
        <Standing task={task} />
        <Facts
          facts={[
            ["Completed", Amount.count(completed(task))],
            ["Unchanged", same === undefined ? "–" : Amount.count(same)],
            ["Skipped", Amount.count(totals.skipped)],
            ["Failed", Amount.count(totals.failed)],
            ["Started", task.startedAt === null ? "not yet" : exactly(task.startedAt)],
            [task.endedAt === null ? "Running for" : "Took", tookOf(task, Date.now())],
            ...(limits === undefined ? [] : [["Limits", limits] as const])
          ]}
        />
      </Card>
      <Tabs
        label="Of this task"
        tabs={[
          tab("now", "Now"),
          tab("failed", "Failed", totals.failed),
          tab("skipped", "Skipped", totals.skipped),
          tab("log", "Log"),
          tab("request", "Request")
        ]}
      />
      {view === "now" ? <Now task={task} /> : null}
      {view === "failed" || view === "skipped" ? <Outcomes key={view} task={task} kind={view} code={code} /> : null}
      {view === "log" ? <TaskLog task={task} /> : null}
      {view === "request" ? <Request task={task} /> : null}
    </Page>
  )
}
