import * as Amount from "@ourclone/core/events/Amount"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { messageOf } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { remotes } from "../../api/queries.ts"
import { useStartAndShow } from "../../api/start.ts"
import { PlacePickerHint } from "../../places/PlaceHint.tsx"
import { PlaceField } from "../../places/PlacePicker.tsx"
import { PlanPanel } from "../../plan/PlanPanel.tsx"
import { Spending, useSpending } from "../../plan/Spending.tsx"
import { isBeyond } from "../../plan/spending.ts"
import { usePlan } from "../../plan/usePlan.ts"
import { useMay } from "../../shell/may.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { CopyCommand } from "../../ui/CopyButton.tsx"
import { Choices } from "../../ui/Field.tsx"
import { Form, Page } from "../../ui/Page.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import { commandLine } from "../../words/commandLine.ts"
import { dollarsIn, type Filters, FiltersForm, noFilters, requestOf } from "./Filters.tsx"
import styles from "./Migrate.module.css"

export type Mode = "copy" | "move" | "sync"

const modes = [
  { value: "copy", label: "Copy", help: "Duplicates files. The source stays as it is; nothing is deleted." },
  { value: "move", label: "Move", help: "Copies files, then deletes them at the source." },
  { value: "sync", label: "Sync", help: "Makes the destination the same. Deletes there what the source lacks." }
] as const

const verbs = { copy: "Start copy", move: "Start move", sync: "Start sync" } as const
const triedWith = 5

const startWords = (mode: Mode, removals: number, files: number): string => {
  if (mode === "sync" && removals > 0) return `Start and delete ${Amount.files(removals)}`
  if (mode === "move" && files > 0) return `Start and move ${Amount.files(files)}`
  return verbs[mode]
}

export const Migrate = () => {
  const search = useSearch({ from: "/signedIn/migrate" })
  const navigate = useNavigate({ from: "/migrate" })
  const storages = useLoaded(remotes)
  const mayNot = useMay("run")
  const say = useSay()
  const startAndShow = useStartAndShow()
  const planning = usePlan()
  const { from = "", mode = "copy", to = "" } = search
  const [filters, setFilters] = useState<Filters>({ ...noFilters, include: (search.include ?? []).join("\n") })
  const [isStarting, setStarting] = useState(false)
  const set = (some: { readonly from?: string; readonly to?: string; readonly mode?: Mode }) => {
    planning.drop()
    void navigate({ search: (before) => ({ ...before, ...some }), replace: true })
  }
  const change = (next: Filters) => {
    planning.drop()
    setFilters(next)
  }
  const request = { source: from, destination: to, ...requestOf(mode, filters) }
  const not =
    mayNot ??
    (from === ""
      ? "Choose a source first"
      : to === ""
        ? "Choose a destination first"
        : from === to
          ? "Source and destination are the same"
          : undefined)
  const start = async (kind: Mode, wanted: object) => {
    setStarting(true)
    try {
      await startAndShow({ kind, request: wanted })
    } catch (error) {
      say({ text: messageOf(error), isFailure: true })
    } finally {
      setStarting(false)
    }
  }
  const { plan } = planning
  const spending = useSpending(plan, to, dollarsIn(filters.maxCost))
  const notStart = spending !== undefined && isBeyond(spending) ? "It would cost more than you allow" : undefined
  const isReady = plan?.outcome === "done" && !planning.isPlanning
  const guard = plan?.failure?.code === "GuardStopped" ? plan.failure.remedy : undefined
  const allow = (more: Partial<Filters>) => {
    const next = { ...filters, ...more }
    setFilters(next)
    planning.ask({ kind: mode, request: { source: from, destination: to, ...requestOf(mode, next) } })
  }
  const sample = (plan?.rows ?? []).filter(({ group }) => group === "new" || group === "overwrite").slice(0, triedWith)
  const toTransfer = (plan?.counts.new.files ?? 0) + (plan?.counts.overwrite.files ?? 0)
  return (
    <Page
      title="Migrate"
      lead="Copy, move or sync between storages and folders of this computer. The bytes go through this computer."
    >
      <Form
        label="Transfer"
        onSubmit={() => {
          if (not === undefined) planning.ask({ kind: mode, request })
        }}
        actions={
          <Button type="submit" look={isReady ? "plain" : "primary"} icon="eye" not={not} isBusy={planning.isPlanning}>
            Preview
          </Button>
        }
      >
        <div className={styles.sides}>
          <PlaceField
            label="Source"
            value={from}
            onChange={(place) => set({ from: place })}
            from="all"
            placeholder="/home/ann/Pictures or photos:my-bucket"
          />
          <PlaceField
            label="Destination"
            value={to}
            onChange={(place) => set({ to: place })}
            from="all"
            placeholder="photos:my-bucket/pictures"
          />
        </div>
        {storages.length === 0 ? <PlacePickerHint /> : null}
        <Choices legend="Mode" value={mode} onChange={(one) => set({ mode: one })} choices={modes} />
        <FiltersForm source={from} filters={filters} mode={mode} onChange={change} />
      </Form>
      {plan === undefined ? null : (
        <PlanPanel
          plan={plan}
          isPlanning={planning.isPlanning}
          problem={planning.problem}
          label={mode === "move" ? { new: "Move" } : {}}
          guardActions={
            guard?.code === "allowRemovals" ? (
              <Button onPress={() => allow({ maxDelete: guard.values?.removals ?? "" })}>
                Allow {Amount.count(Number(guard.values?.removals ?? 0))} deletions
              </Button>
            ) : guard?.code === "allowEmptySource" ? (
              <Button onPress={() => allow({ allowsEmptySource: true })}>Allow an empty source</Button>
            ) : undefined
          }
          notes={<Spending facts={spending} />}
          start={
            isReady ? (
              <div className={styles.start}>
                <Button
                  look="primary"
                  icon="play"
                  not={notStart}
                  isBusy={isStarting}
                  onPress={() =>
                    // Where more would be deleted by then, nothing is.
                    void start(mode, mode === "sync" ? { ...request, maxDelete: plan.counts.delete.files } : request)
                  }
                >
                  {startWords(mode, plan.counts.delete.files, toTransfer)}
                </Button>
                {toTransfer > triedWith ? (
                  <Button
                    isBusy={isStarting}
                    onPress={() =>
                      void start("copy", {
                        source: from,
                        destination: to,
                        filesFrom: [sample.map(({ item }) => item).join("\n")]
                      })
                    }
                  >
                    Try with {sample.length} files
                  </Button>
                ) : null}
                <LinkButton
                  icon="calendar"
                  to="/schedules/new"
                  search={{ kind: mode, request: JSON.stringify(request) }}
                >
                  Save as schedule
                </LinkButton>
                <CopyCommand command={commandLine(mode, request)} />
                <p className={styles.muted}>It goes on when this page is closed.</p>
              </div>
            ) : null
          }
        />
      )}
    </Page>
  )
}
