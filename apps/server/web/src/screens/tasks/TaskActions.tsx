/** What can become of a task, as buttons. Which ones mean something now is asked of the table of states itself. */
import { can, type InputTag } from "@ourclone/tasks/task/TaskState"
import { titleOf } from "@ourclone/tasks/task/TaskTitle"
import { undoable } from "@ourclone/tasks/undo/Undoable"
import { useQueryClient } from "@tanstack/react-query"
import { useRouter } from "@tanstack/react-router"
import { useState } from "react"
import type { TaskAnswer } from "../../../../src/api/tasks/TaskAnswer.ts"
import { poke } from "../../api/call.ts"
import { usePress } from "../../api/press.ts"
import { putTask } from "../../api/tasks.ts"
import { useMay } from "../../shell/may.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { lookOf } from "../../words/taskStates.ts"

const textIn = (json: unknown, name: string): string | undefined => {
  const value = typeof json === "object" && json !== null ? (json as Record<string, unknown>)[name] : undefined
  return typeof value === "string" ? value : undefined
}

const CancelDialog = ({ onClose, task }: { readonly task: TaskAnswer; readonly onClose: () => void }) => {
  const client = useQueryClient()
  const { isBusy, press } = usePress(
    () => poke<TaskAnswer>(`/tasks/${task.id}/cancel`),
    (changed) => {
      putTask(client, changed, Date.now())
      onClose()
    }
  )
  return (
    <Dialog
      title="Cancel this task?"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Back</Button>
          <Button look="danger" icon="cancel" isBusy={isBusy} onPress={press}>
            Cancel task
          </Button>
        </>
      }
    >
      <p>{titleOf(task)}</p>
      <p>What is done stays done. What is under way ends; running it again goes on from there.</p>
    </Dialog>
  )
}

export const TaskActions = ({ task }: { readonly task: TaskAnswer }) => {
  const client = useQueryClient()
  const router = useRouter()
  const [asks, setAsks] = useState(false)
  const mayNot = useMay("run")
  const changed = (now: TaskAnswer) => putTask(client, now, Date.now())
  const wish = (what: string) => () => poke<TaskAnswer>(`/tasks/${task.id}/${what}`)
  const pause = usePress(wish("pause"), changed)
  const resume = usePress(wish("resume"), changed)
  // Of what ran in a command either is a new task.
  const begun = (started: TaskAnswer) => {
    changed(started)
    if (started.id !== task.id) void router.navigate({ to: "/tasks/$id", params: { id: started.id } })
  }
  const retry = usePress(wish("retry"), begun)
  const again = usePress(wish("again"), begun)
  const { word } = lookOf(task.state)
  const notNow = (input: InputTag): string | undefined =>
    mayNot ?? (can(input)(task.state) ? undefined : `Not while it is ${word}`)
  const record = task.isRecord ? "It ends with its command, which can be cancelled but not paused" : undefined
  const snapshot = textIn(task.summary, "snapshotId")
  const repository = textIn(task.request, "repository")
  const failed = task.totals.failed
  return (
    <>
      {task.kind === "backup" && snapshot !== undefined && repository !== undefined ? (
        <LinkButton icon="restore" to="/backup/$repository/$snapshot" params={{ repository, snapshot }}>
          Restore
        </LinkButton>
      ) : null}
      {can("Resume")(task.state) ? (
        <Button icon="play" look="primary" not={mayNot} isBusy={resume.isBusy} onPress={resume.press}>
          Resume
        </Button>
      ) : (
        <Button icon="pause" not={notNow("Pause") ?? record} isBusy={pause.isBusy} onPress={pause.press}>
          Pause
        </Button>
      )}
      <Button icon="cancel" not={notNow("Cancel")} onPress={() => setAsks(true)}>
        Cancel
      </Button>
      {failed > 0 ? (
        <Button icon="refresh" look="primary" not={notNow("Again")} isBusy={retry.isBusy} onPress={retry.press}>
          Retry failed
        </Button>
      ) : null}
      <Button icon="refresh" not={notNow("Again")} isBusy={again.isBusy} onPress={again.press}>
        Run again
      </Button>
      {undoable.has(task.kind) && task.endedAt !== null ? (
        <LinkButton icon="history" to="/tasks/$id/undo" params={{ id: task.id }}>
          Undo
        </LinkButton>
      ) : null}
      {asks ? <CancelDialog task={task} onClose={() => setAsks(false)} /> : null}
    </>
  )
}
