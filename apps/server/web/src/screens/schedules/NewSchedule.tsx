import { titleOf } from "@ourclone/tasks/task/TaskTitle"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import type { ScheduleAnswer } from "../../../../src/api/schedules/ScheduleGroup.ts"
import { messageOf, post } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { about, repositories } from "../../api/queries.ts"
import { FoldersField } from "../../places/PlacePicker.tsx"
import { useMay } from "../../shell/may.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { Choices, Select, TextField } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Card, Form, Page } from "../../ui/Page.tsx"
import { visible } from "../../ui/Path.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import styles from "./Schedules.module.css"
import { TimingFields, toldBy, useTimingProblem, usualTiming } from "./Timing.tsx"

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

/** The folder of this computer that a task reads, if there is one. */
export const folderOf = (request: object): string | undefined => {
  const { paths, source } = request as { readonly paths?: unknown; readonly source?: unknown }
  const [first = source] = Array.isArray(paths) ? (paths as ReadonlyArray<unknown>) : []
  return typeof first === "string" && first.startsWith("/") ? first : undefined
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
  const [timing, setTiming] = useState(() => usualTiming(here))
  const [typedName, setName] = useState<string>()
  const kind = given === undefined ? own : (search.kind ?? "")
  const request = given ?? requests[own](repository, paths)
  const missing =
    given !== undefined
      ? undefined
      : repository === ""
        ? "Choose a repository first"
        : own === "backup" && paths.length === 0
          ? "Choose a folder first"
          : undefined
  const name = typedName ?? (missing === undefined ? titleOf({ kind, request }).slice(0, 80) : "")
  const save = useMutation({
    mutationFn: () =>
      post<ScheduleAnswer>("/schedules", {
        name,
        kind,
        request,
        ...toldBy(timing),
        isOn: true
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["schedules"] })
      say({ text: `Saved schedule ${name}` })
      await navigate({ to: "/schedules" })
    }
  })
  const problem = useTimingProblem(timing)
  const not = mayNot ?? missing ?? (name === "" ? "The name is missing" : problem)
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
        <TimingFields timing={timing} onChange={setTiming} folder={folderOf(request)} />
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
