import * as Amount from "@ourclone/core/events/Amount"
import { needsSomebody } from "@ourclone/tasks/task/TaskState"
import { titleOf } from "@ourclone/tasks/task/TaskTitle"
import { useInfiniteQuery } from "@tanstack/react-query"
import { type LinkProps, useNavigate } from "@tanstack/react-router"
import type { ScheduleAnswer } from "../../../../src/api/schedules/ScheduleGroup.ts"
import type { TaskAnswer } from "../../../../src/api/tasks/TaskAnswer.ts"
import { useLoaded } from "../../api/loaded.ts"
import { about, remotes, repositories, schedules } from "../../api/queries.ts"
import { failedTasks, hasFailed, taskList, tasksOfKind } from "../../api/tasks.ts"
import { LinkButton } from "../../ui/Button.tsx"
import { DataTable } from "../../ui/DataTable.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Page, Section } from "../../ui/Page.tsx"
import { visible } from "../../ui/Path.tsx"
import { StateBadge } from "../../ui/StateBadge.tsx"
import { exactly, relatively } from "../../words/moments.ts"
import { waitReason } from "../../words/taskStates.ts"
import { taskColumns } from "../tasks/TaskRow.tsx"
import { type Backed, backedFolders } from "./backedFolders.ts"
import styles from "./Overview.module.css"
import { Stored } from "./Stored.tsx"

interface Need {
  readonly key: string
  readonly tone: "failed" | "waiting"
  readonly title: string
  readonly text: string
  readonly action: { readonly label: string; readonly link: LinkProps }
}

const recentMillis = 7 * 86_400_000

/** A failure that a later run of the same has put right needs nobody. */
const isMended = (
  failed: TaskAnswer,
  all: ReadonlyArray<TaskAnswer>,
  planned: ReadonlyArray<ScheduleAnswer>
): boolean =>
  planned.some(({ id, lastSuccessAt }) => id === failed.schedule && (lastSuccessAt ?? 0) > (failed.endedAt ?? 0)) ||
  all.some(
    (one) => one.id > failed.id && one.state._tag === "Done" && !hasFailed(one) && titleOf(one) === titleOf(failed)
  )

const needsOf = (
  tasks: ReadonlyArray<TaskAnswer>,
  all: ReadonlyArray<ScheduleAnswer>,
  problems: ReadonlyArray<{ readonly name: string; readonly problem: string | null }>,
  now: number
): ReadonlyArray<Need> => {
  const open = (task: TaskAnswer, label: string, view?: "failed"): Need["action"] => ({
    label,
    link: { to: "/tasks/$id", params: { id: task.id }, search: view === undefined ? {} : { view } }
  })
  const failed = tasks
    .filter((task) => hasFailed(task) && now - (task.endedAt ?? now) < recentMillis && !isMended(task, tasks, all))
    .map((task): Need => {
      const { state } = task
      const isPart = state._tag === "Done"
      return {
        key: task.id,
        tone: isPart ? "waiting" : "failed",
        title: titleOf(task),
        text:
          state._tag === "Failed"
            ? state.failure.message
            : `${Amount.files(task.totals.failed)} failed; everything else is done.`,
        action: isPart ? open(task, "See failed files", "failed") : open(task, "Open task")
      }
    })
  const waiting = tasks.flatMap((task): ReadonlyArray<Need> => {
    const { state } = task
    if (!needsSomebody(state)) return []
    return [
      {
        key: task.id,
        tone: "waiting",
        title: titleOf(task),
        text: state.failure?.message ?? `Waits: ${waitReason(state.for)}.`,
        action: open(task, "Open task")
      }
    ]
  })
  const missed = all.flatMap(
    ({ id, lastMissed, lastSuccessAt, name }): ReadonlyArray<Need> =>
      lastMissed === null || lastMissed.at < (lastSuccessAt ?? 0) || now - lastMissed.at > recentMillis
        ? []
        : [
            {
              key: id,
              tone: "waiting",
              title: `${name} was missed at ${exactly(lastMissed.at)}`,
              text: lastMissed.because,
              action: { label: "Open schedules", link: { to: "/schedules" } }
            }
          ]
  )
  const broken = problems.flatMap(
    ({ name, problem }): ReadonlyArray<Need> =>
      problem === null
        ? []
        : [
            {
              key: `storage ${name}`,
              tone: "failed",
              title: `Storage ${name} can not be opened`,
              text: problem,
              action: { label: "Open storage", link: { to: "/storage/$name", params: { name } } }
            }
          ]
  )
  return [...broken, ...failed, ...waiting, ...missed]
}

const shownNeeds = 5

const Begin = () => (
  <Empty
    icon="storage"
    title="Add Storage to begin"
    actions={
      <LinkButton look="primary" icon="plus" to="/storage/~new">
        Add Storage
      </LinkButton>
    }
  >
    <ol className={styles.steps}>
      <li>Make an application key in the console of Backblaze B2, or have the access of another storage at hand.</li>
      <li>Press Add Storage, choose the provider, paste the key and test it.</li>
      <li>Open Migrate to copy, move or sync, or Backup to keep snapshots of your folders.</li>
    </ol>
  </Empty>
)

const Backups = ({ backed }: { readonly backed: ReadonlyArray<Backed> }) => (
  <Section title="Last good backup">
    <ul className={styles.list}>
      {backed.map(({ folders, host, isNewestGood, repository, task }) => (
        <li key={`${repository} ${host} ${folders}`}>
          <span className={styles.name}>
            {visible(folders)}
            {host === undefined ? null : <span className={styles.muted}> on {visible(host)}</span>}
          </span>
          <span className={styles.muted}>→ {visible(repository)}</span>
          <span className={styles.right}>
            {task === undefined || task.endedAt === null ? (
              <StateBadge tone="failed" icon="alert">
                never
              </StateBadge>
            ) : (
              <StateBadge tone={isNewestGood ? "done" : "waiting"} icon={isNewestGood ? "check" : "alert"}>
                {`${exactly(task.endedAt)}, ${relatively(task.endedAt, Date.now())}`}
              </StateBadge>
            )}
          </span>
        </li>
      ))}
    </ul>
  </Section>
)

const Coming = ({ all }: { readonly all: ReadonlyArray<ScheduleAnswer> }) => {
  const now = Date.now()
  const next = all
    .flatMap(({ id, name, next: [at] }) => (at === undefined || at - now > 86_400_000 ? [] : [{ at, id, name }]))
    .toSorted((left, right) => left.at - right.at)
  return (
    <Section title="Next 24 hours">
      {next.length === 0 ? (
        <p className={styles.muted}>Nothing is due.</p>
      ) : (
        <ul className={styles.list}>
          {next.map(({ at, id, name }) => (
            <li key={id}>
              <span className={styles.name}>{name}</span>
              <span className={styles.right}>
                {exactly(at)}, {relatively(at, now)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

export const Overview = () => {
  const navigate = useNavigate()
  const { warnings } = useLoaded(about)
  const storages = useLoaded(remotes)
  const kept = useLoaded(repositories)
  const planned = useLoaded(schedules)
  const { data: tasks = [] } = useInfiniteQuery(taskList("all"))
  const { data: active = [] } = useInfiniteQuery(taskList("active"))
  const failed = useLoaded(failedTasks)
  const known = [...new Map([...tasks, ...failed].map((task) => [task.id, task])).values()]
  const needs = needsOf(known, planned, storages, Date.now())
  const backed = backedFolders(useLoaded(tasksOfKind("backup")))
  const recent = tasks.filter(({ endedAt }) => endedAt !== null).slice(0, 6)
  const open = ({ id }: TaskAnswer) => void navigate({ to: "/tasks/$id", params: { id } })
  const isNew = storages.length === 0 && tasks.length === 0
  return (
    <Page
      title="Overview"
      actions={
        isNew ? null : (
          <>
            <LinkButton icon="migrate" to="/migrate">
              Migrate
            </LinkButton>
            <LinkButton icon="archive" to="/backup">
              Backup
            </LinkButton>
          </>
        )
      }
    >
      {warnings.map((warning) => (
        <Notice key={warning} tone="waiting">
          {warning}
        </Notice>
      ))}
      {isNew ? <Begin /> : null}
      {needs.length === 0 ? null : (
        <Section title="Needs you">
          {needs.slice(0, shownNeeds).map(({ action, key, text, title, tone }) => (
            <Notice
              key={key}
              tone={tone}
              title={visible(title)}
              actions={<LinkButton {...action.link}>{action.label}</LinkButton>}
            >
              {visible(text)}
            </Notice>
          ))}
          {needs.length > shownNeeds ? (
            <LinkButton look="quiet" to="/tasks" search={{ tab: "failed" }}>
              {`and ${needs.length - shownNeeds} more`}
            </LinkButton>
          ) : null}
        </Section>
      )}
      {isNew ? null : (
        <Section title="Running now">
          {active.length === 0 ? (
            <p className={styles.muted}>Nothing is running.</p>
          ) : (
            <DataTable
              label="Running now"
              rows={active}
              columns={taskColumns}
              keyOf={({ id }) => id}
              nameOf={titleOf}
              onOpen={open}
              maxRows={6}
            />
          )}
        </Section>
      )}
      {isNew ? null : (
        <div className={styles.columns}>
          {backed.length === 0 ? (
            <Section title="Last good backup">
              <p className={styles.muted}>
                {kept.length === 0 ? "There is no repository yet." : "No backup was made by this service yet."}
              </p>
            </Section>
          ) : (
            <Backups backed={backed} />
          )}
          <Coming all={planned} />
          {storages.length === 0 ? null : <Stored storages={storages} />}
        </div>
      )}
      {recent.length === 0 ? null : (
        <Section
          title="Lately"
          actions={
            <LinkButton isDense look="quiet" to="/tasks">
              All tasks
            </LinkButton>
          }
        >
          <DataTable
            label="Lately"
            rows={recent}
            columns={taskColumns}
            keyOf={({ id }) => id}
            nameOf={titleOf}
            onOpen={open}
          />
        </Section>
      )}
    </Page>
  )
}
