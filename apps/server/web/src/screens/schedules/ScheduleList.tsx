import { hasEnded } from "@ourclone/tasks/task/TaskState"
import { titleOf } from "@ourclone/tasks/task/TaskTitle"
import { useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import type { ScheduleAnswer } from "../../../../src/api/schedules/ScheduleGroup.ts"
import type { TaskAnswer } from "../../../../src/api/tasks/TaskAnswer.ts"
import { patch, poke, remove } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { usePress } from "../../api/press.ts"
import { schedules } from "../../api/queries.ts"
import { putTask } from "../../api/tasks.ts"
import { useMay } from "../../shell/may.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { Check } from "../../ui/Field.tsx"
import { Menu } from "../../ui/Menu.tsx"
import { Facts, Page } from "../../ui/Page.tsx"
import { Path, visible } from "../../ui/Path.tsx"
import { StateBadge } from "../../ui/StateBadge.tsx"
import { exactly, relatively } from "../../words/moments.ts"
import { lookOf } from "../../words/taskStates.ts"
import { cronWords } from "./cron.ts"
import styles from "./Schedules.module.css"

const LastResult = ({ task }: { readonly task: TaskAnswer | null }) => {
  if (task === null) return <>not yet</>
  const { icon, tone, word } = lookOf(task.state)
  return (
    <StateBadge tone={tone} icon={icon} isLong>
      {task.endedAt === null ? word : `${word}, ${exactly(task.endedAt)}`}
    </StateBadge>
  )
}

const laterWords = (millis: number): string =>
  millis === 0
    ? ""
    : `, up to ${millis < 60_000 ? `${Math.ceil(millis / 1000)} s` : `${Math.round(millis / 60_000)} min`} later`

const Schedule = ({ schedule }: { readonly schedule: ScheduleAnswer }) => {
  const client = useQueryClient()
  const navigate = useNavigate()
  const mayNot = useMay("run")
  const { cron, id, isOn, jitterMillis, lastMissed, lastSuccessAt, lastTask, missed, name, next, watch, zone } =
    schedule
  const address = `/schedules/${id}`
  const title = titleOf(schedule)
  const refresh = () => client.invalidateQueries({ queryKey: ["schedules"] })
  const turn = usePress(() => patch(address, { isOn: !isOn }), refresh)
  const drop = usePress(() => remove(address), refresh)
  const run = usePress(
    () => poke<TaskAnswer>(`${address}/run`),
    (started) => {
      putTask(client, started, Date.now())
      void navigate({ to: "/tasks/$id", params: { id: started.id } })
    }
  )
  const isGoing = lastTask !== null && !hasEnded(lastTask.state)
  const notBeside = isGoing ? `Its run before has not ended: it is ${lookOf(lastTask.state).word}` : undefined
  const [soon] = next
  const isMissed = lastMissed !== null && lastMissed.at > (lastSuccessAt ?? 0)
  return (
    <li className={styles.schedule}>
      <header>
        <div>
          <h2>{visible(name)}</h2>
          {title.startsWith(name) ? null : <p className={styles.what}>{visible(title)}</p>}
        </div>
        <div className={styles.actions}>
          <Check label="On" isOn={turn.isBusy ? !isOn : isOn} onChange={turn.press} />
          <Button isDense icon="play" not={mayNot ?? notBeside} isBusy={run.isBusy} onPress={run.press}>
            Run now
          </Button>
          <LinkButton isDense icon="edit" to="/schedules/$id" params={{ id }}>
            Change<span className="sr-only"> {name}</span>
          </LinkButton>
          <Menu
            label={`More about ${name}`}
            icon="more"
            isIconOnly
            look="quiet"
            items={[
              ...(lastTask === null
                ? []
                : [
                    {
                      label: "Last task",
                      icon: "tasks" as const,
                      onPress: () => void navigate({ to: "/tasks/$id", params: { id: lastTask.id } })
                    }
                  ]),
              { label: "Remove schedule", icon: "trash", isDangerous: true, not: mayNot, onPress: drop.press }
            ]}
          />
        </div>
      </header>
      <Facts
        facts={[
          ["When", `${cronWords(cron)}, ${zone}${laterWords(jitterMillis)}`],
          ...(watch === null ? [] : [["Also when this changes", <Path key="watch">{watch}</Path>] as const]),
          ["If missed", missed === "once" ? "runs once" : "passed over"],
          ["Next", soon === undefined ? "off" : `${exactly(soon)}, ${relatively(soon, Date.now())}`],
          ["Last result", <LastResult key="last" task={lastTask} />],
          ["Last success", lastSuccessAt === null ? "not yet" : exactly(lastSuccessAt)]
        ]}
      />
      {isMissed ? (
        <StateBadge tone="waiting" icon="alert" isLong>
          {`Missed at ${exactly(lastMissed.at)}: ${visible(lastMissed.because)}`}
        </StateBadge>
      ) : null}
    </li>
  )
}

export const ScheduleList = () => {
  const all = useLoaded(schedules)
  const mayNot = useMay("run")
  const make =
    mayNot === undefined ? (
      <LinkButton to="/schedules/new" icon="plus" look="primary">
        New schedule
      </LinkButton>
    ) : null
  return (
    <Page
      title="Schedules"
      lead="Tasks that start by themselves, as long as this service runs."
      actions={all.length === 0 ? null : make}
    >
      {all.length === 0 ? (
        <Empty icon="calendar" title="Nothing starts by itself yet" actions={make}>
          A backup every night, a sync every hour: make one here, or press “Save as schedule” after a preview in
          Migrate.
        </Empty>
      ) : (
        <ul className={styles.schedules}>
          {all.map((schedule) => (
            <Schedule key={schedule.id} schedule={schedule} />
          ))}
        </ul>
      )}
    </Page>
  )
}
