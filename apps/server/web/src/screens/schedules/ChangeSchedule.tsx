import { titleOf } from "@ourclone/tasks/task/TaskTitle"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useParams } from "@tanstack/react-router"
import { useState } from "react"
import type { ScheduleAnswer } from "../../../../src/api/schedules/ScheduleGroup.ts"
import { messageOf, ProblemError, patch } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { schedules } from "../../api/queries.ts"
import { FoldersField } from "../../places/PlacePicker.tsx"
import { useMay } from "../../shell/may.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { TextField } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Card, Form, Page } from "../../ui/Page.tsx"
import { visible } from "../../ui/Path.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import { folderOf } from "./NewSchedule.tsx"
import styles from "./Schedules.module.css"
import { TimingFields, timingOf, toldBy, useTimingProblem } from "./Timing.tsx"

const pathsOf = ({ kind, request }: ScheduleAnswer): ReadonlyArray<string> | undefined => {
  const { paths } = request as { readonly paths?: unknown }
  return kind === "backup" && Array.isArray(paths) ? paths.map(String) : undefined
}

/** Only what is other than before: a field that is not told stays as another machine or command has set it. */
const changesOf = (before: ScheduleAnswer, after: Partial<ScheduleAnswer>): Partial<ScheduleAnswer> =>
  Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof ScheduleAnswer])
    )
  )

const Change = ({ schedule }: { readonly schedule: ScheduleAnswer }) => {
  const client = useQueryClient()
  const navigate = useNavigate()
  const say = useSay()
  const mayNot = useMay("run")
  const before = pathsOf(schedule)
  const [name, setName] = useState(schedule.name)
  const [paths, setPaths] = useState(before ?? [])
  const [timing, setTiming] = useState(() => timingOf(schedule))
  const request = before === undefined ? schedule.request : { ...(schedule.request as object), paths }
  const changes = changesOf(schedule, { name, request, ...toldBy(timing) })
  const save = useMutation({
    mutationFn: () => patch<ScheduleAnswer>(`/schedules/${schedule.id}`, changes),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["schedules"] })
      say({ text: `Saved schedule ${name}` })
      await navigate({ to: "/schedules" })
    }
  })
  const problem = useTimingProblem(timing)
  const not =
    mayNot ??
    (name === ""
      ? "The name is missing"
      : before !== undefined && paths.length === 0
        ? "Choose a folder first"
        : (problem ?? (Object.keys(changes).length === 0 ? "Nothing was changed" : undefined)))
  return (
    <Form
      label="Change schedule"
      onSubmit={() => {
        if (not === undefined) save.mutate()
      }}
      actions={
        <>
          <LinkButton to="/schedules">Back</LinkButton>
          <Button type="submit" look="primary" not={not} isBusy={save.isPending}>
            Save schedule
          </Button>
        </>
      }
    >
      {before === undefined ? (
        <Card>
          <p>
            <strong>{visible(titleOf({ kind: schedule.kind, request }))}</strong>
          </p>
          <p className={styles.muted}>As it was planned. For another one, plan that and save it as a schedule.</p>
        </Card>
      ) : null}
      {before === undefined ? null : <FoldersField label="Folders" values={paths} onChange={setPaths} />}
      <TimingFields timing={timing} onChange={setTiming} folder={folderOf(request as object)} />
      <TextField label="Name" value={name} onChange={setName} />
      {save.error === null ? null : (
        <Notice tone="failed" isUrgent title="Not saved">
          {messageOf(save.error)}
        </Notice>
      )}
    </Form>
  )
}

export const ChangeSchedule = () => {
  const { id } = useParams({ from: "/signedIn/schedules/$id" })
  const schedule = useLoaded(schedules).find((one) => one.id === id)
  if (schedule === undefined) throw new ProblemError(404, { detail: "The schedule was removed." })
  return (
    <Page
      title={visible(schedule.name)}
      windowTitle={`Change ${visible(schedule.name)}`}
      crumbs={[{ label: "Schedules", link: { to: "/schedules" } }]}
      isNarrow
    >
      <Change key={schedule.id} schedule={schedule} />
    </Page>
  )
}
