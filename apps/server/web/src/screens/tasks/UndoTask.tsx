/** What taking a task back would do, and what it can not, before it is done. */
import * as Amount from "@ourclone/core/events/Amount"
import { titleOf } from "@ourclone/tasks/task/TaskTitle"
import { useParams } from "@tanstack/react-router"
import { useEffect, useState } from "react"
import { messageOf } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { useStartAndShow } from "../../api/start.ts"
import { task as taskQuery } from "../../api/tasks.ts"
import { PlanPanel } from "../../plan/PlanPanel.tsx"
import { usePlan } from "../../plan/usePlan.ts"
import { useMay } from "../../shell/may.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { Check } from "../../ui/Field.tsx"
import { Page } from "../../ui/Page.tsx"
import { visible } from "../../ui/Path.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import styles from "./UndoTask.module.css"

export const UndoTask = () => {
  const { id } = useParams({ from: "/signedIn/tasks/$id/undo" })
  const task = useLoaded(taskQuery(id))
  const say = useSay()
  const mayNot = useMay("run")
  const startAndShow = useStartAndShow()
  const { ask, isPlanning, plan, problem } = usePlan()
  const [isPartly, setPartly] = useState(false)
  const [isBusy, setBusy] = useState(false)
  useEffect(() => ask({ kind: "undo", request: { task: id } }), [ask, id])
  const back = plan?.counts.new.files ?? 0
  const hidden = plan?.counts.delete.files ?? 0
  const left = plan?.counts.pass.files ?? 0
  const isReady = plan?.outcome === "done" && !isPlanning
  const not =
    mayNot ??
    (back + hidden === 0
      ? "Nothing can be taken back"
      : left > 0 && !isPartly
        ? "Say first that the rest may stay as it is"
        : undefined)
  const start = async () => {
    setBusy(true)
    try {
      await startAndShow({ kind: "undo", request: { task: id, ...(isPartly ? { partly: true } : {}) } })
    } catch (error) {
      say({ text: messageOf(error), isFailure: true })
    } finally {
      setBusy(false)
    }
  }
  const title = visible(titleOf(task))
  return (
    <Page
      title="Undo"
      windowTitle={`Undo ${title}`}
      lead={title}
      crumbs={[
        { label: "Tasks", link: { to: "/tasks" } },
        { label: title, link: { to: "/tasks/$id", params: { id } } }
      ]}
      isNarrow
    >
      <p>
        What it overwrote or deleted comes back, as far as the storage has kept it, and what it added is hidden. A file
        that was changed since stays as it is.
      </p>
      {plan === undefined ? null : (
        <PlanPanel
          plan={plan}
          isPlanning={isPlanning}
          problem={problem}
          label={{ new: "Bring back", delete: "Hide what was added", pass: "Can not be taken back" }}
          start={
            isReady ? (
              <div className={styles.start}>
                {left > 0 ? (
                  <Check
                    label={`Leave ${Amount.files(left)} that can not be taken back as they are`}
                    isOn={isPartly}
                    onChange={setPartly}
                  />
                ) : null}
                <div className={styles.buttons}>
                  <LinkButton to="/tasks/$id" params={{ id }}>
                    Back
                  </LinkButton>
                  <Button
                    look="primary"
                    icon="history"
                    not={not}
                    isBusy={isBusy}
                    onPress={() => void start()}
                  >{`Take back ${Amount.files(back + hidden)}`}</Button>
                </div>
              </div>
            ) : null
          }
        />
      )}
    </Page>
  )
}
