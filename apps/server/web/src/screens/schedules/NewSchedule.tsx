import { titleOf } from "@ourclone/tasks/task/TaskTitle"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import type { ScheduleAnswer } from "../../../../src/api/schedules/ScheduleGroup.ts"
import { messageOf, post } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { about, repositories } from "../../api/queries.ts"
import { FoldersField } from "../../places/PlacePicker.tsx"
import { useMay } from "../../shell/may.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { Check, Choices, Select, TextField } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Card, Form, Page } from "../../ui/Page.tsx"
import { visible } from "../../ui/Path.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import { exactly } from "../../words/moments.ts"
import { cronOf, cronWords, type When, weekdays } from "./cron.ts"
import styles from "./Schedules.module.css"

const parsed = (text: string | undefined): object | undefined => {
  try {
    const value: unknown = JSON.parse(text ?? "")
    return typeof value === "object" && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

const care = [
  { value: "backup", label: "Backup", help: "A snapshot of folders of this computer." },
  { value: "checkRepository", label: "Check", help: "Look whether a repository is whole." },
  { value: "forget", label: "Forget and prune", help: "Keep 7 days, 5 weeks, 12 months; free the rest." }
] as const
type Care = (typeof care)[number]["value"]

const requests: { readonly [Kind in Care]: (repository: string, paths: ReadonlyArray<string>) => object } = {
  backup: (repository, paths) => ({ repository, paths, scan: true, excludeCaches: true }),
  checkRepository: (repository) => ({ repository, readDataSubset: "5%" }),
  forget: (repository) => ({ repository, keepDaily: 7, keepWeekly: 5, keepMonthly: 12, prune: true })
}

export const NewSchedule = () => {
  const client = useQueryClient()
  const navigate = useNavigate()
  const say = useSay()
  const search = useSearch({ from: "/signedIn/schedules/new" })
  const kept = useLoaded(repositories)
  const { zone: here } = useLoaded(about)
  const mayNot = useMay("run")
  const given = parsed(search.request)
  const [own, setOwn] = useState<Care>("backup")
  const [repository, setRepository] = useState(kept[0]?.name ?? "")
  const [paths, setPaths] = useState<ReadonlyArray<string>>([])
  const [when, setWhen] = useState<When>({ rhythm: "daily", time: "02:30", weekday: "0", own: "30 2 * * 1-5" })
  const [zone, setZone] = useState(here)
  const [catchesUp, setCatchesUp] = useState(true)
  const [typedName, setName] = useState<string>()
  const kind = given === undefined ? own : (search.kind ?? "")
  const request = given ?? requests[own](repository, paths)
  const cron = cronOf(when)
  const missing =
    given !== undefined
      ? undefined
      : repository === ""
        ? "Choose a repository first"
        : own === "backup" && paths.length === 0
          ? "Choose a folder first"
          : undefined
  const name = typedName ?? (missing === undefined ? titleOf({ kind, request }).slice(0, 80) : "")
  const { data: due, error: dueError } = useQuery({
    queryKey: ["due", cron, zone],
    queryFn: () => post<{ readonly next: ReadonlyArray<number> }>("/schedules/due", { cron, zone }),
    retry: false
  })
  const save = useMutation({
    mutationFn: () =>
      post<ScheduleAnswer>("/schedules", {
        name,
        kind,
        request,
        cron,
        zone,
        missed: catchesUp ? "once" : "skip",
        isOn: true
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["schedules"] })
      say({ text: `Saved schedule ${name}` })
      await navigate({ to: "/schedules" })
    }
  })
  const not =
    mayNot ??
    missing ??
    (name === "" ? "The name is missing" : dueError === null ? undefined : "When it is due makes no sense")
  return (
    <Page title="New schedule" crumbs={[{ label: "Schedules", link: { to: "/schedules" } }]} isNarrow>
      <Form
        label="New schedule"
        onSubmit={() => {
          if (not === undefined) save.mutate()
        }}
        actions={
          <Button type="submit" look="primary" not={not} isBusy={save.isPending}>
            Save schedule
          </Button>
        }
      >
        {given === undefined ? (
          <>
            <Choices legend="What" value={own} onChange={setOwn} choices={care} />
            {kept.length === 0 ? (
              <Notice
                tone="info"
                title="There is no repository yet"
                actions={
                  <LinkButton isDense to="/backup/~new">
                    New repository
                  </LinkButton>
                }
              >
                For a copy, move or sync: plan it in Migrate, then press “Save as schedule”.
              </Notice>
            ) : (
              <Select
                label="Repository"
                value={repository}
                onChange={setRepository}
                options={kept.map((one) => ({ value: one.name, label: one.name }))}
              />
            )}
            {own === "backup" ? <FoldersField label="Folders" values={paths} onChange={setPaths} /> : null}
            <p className={styles.muted}>For a copy, move or sync: plan it in Migrate, then press “Save as schedule”.</p>
          </>
        ) : (
          <Card>
            <p>
              <strong>{visible(titleOf({ kind, request }))}</strong>
            </p>
            <p className={styles.muted}>As it was planned, with the same filters and limits.</p>
          </Card>
        )}
        <div className={styles.row}>
          <Select
            label="How often"
            value={when.rhythm}
            onChange={(rhythm) => setWhen({ ...when, rhythm: rhythm as When["rhythm"] })}
            options={[
              { value: "hourly", label: "Every hour" },
              { value: "daily", label: "Every night or day" },
              { value: "weekly", label: "Every week" },
              { value: "monthly", label: "Every month" },
              { value: "own", label: "As cron says" }
            ]}
          />
          {when.rhythm === "weekly" ? (
            <Select
              label="On"
              value={when.weekday}
              onChange={(weekday) => setWhen({ ...when, weekday })}
              options={weekdays.map((label, index) => ({ value: String(index), label }))}
            />
          ) : null}
          {when.rhythm === "own" ? (
            <TextField
              label="Cron expression"
              value={when.own}
              isMono
              onChange={(text) => setWhen({ ...when, own: text })}
              error={dueError === null ? undefined : messageOf(dueError)}
            />
          ) : (
            <TextField label="At" type="time" value={when.time} onChange={(time) => setWhen({ ...when, time })} />
          )}
          <TextField
            label="Time zone"
            value={zone}
            onChange={setZone}
            error={dueError === null || when.rhythm === "own" ? undefined : messageOf(dueError)}
          />
        </div>
        <p className={styles.muted} aria-live="polite">
          {due === undefined ? " " : `Next: ${due.next.map(exactly).join(", ")} (${cronWords(cron)})`}
        </p>
        <Check
          label="Run once if it was missed"
          help="When this computer slept or was off at that time."
          isOn={catchesUp}
          onChange={setCatchesUp}
        />
        <TextField label="Name" value={name} onChange={setName} />
        {save.error === null ? null : (
          <Notice tone="failed" isUrgent title="Not saved">
            {messageOf(save.error)}
          </Notice>
        )}
      </Form>
    </Page>
  )
}
