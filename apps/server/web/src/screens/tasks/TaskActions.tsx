/** What can become of a task, as buttons. Which ones mean something now is asked of the table of states itself. */
import { can, type InputTag } from "@ourclone/tasks/task/TaskState"
import { titleOf } from "@ourclone/tasks/task/TaskTitle"
import * as Undoable from "@ourclone/tasks/undo/Undoable"
import { useQueryClient } from "@tanstack/react-query"
import { useRouter } from "@tanstack/react-router"
import { useState } from "react"
import type { TaskAnswer } from "../../../../src/api/tasks/TaskAnswer.ts"
import { poke } from "../../api/call.ts"
import { usePress } from "../../api/press.ts"
import { putTask } from "../../api/tasks.ts"
import { useLetterKeys } from "../../shell/letterKeys.ts"
import { useMay } from "../../shell/may.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { lookOf } from "../../words/taskStates.ts"
import { LimitsDialog, notLimited } from "./LimitsDialog.tsx"

const textIn = (json: unknown, name: string): string | undefined => {
  const value = typeof json === "object" && json !== null ? (json as Record<string, unknown>)[name] : undefined
  return typeof value === "string" ? value : undefined
}

/** Where what it made can be looked at. */
const placeMadeBy = ({ kind, request }: TaskAnswer): string | undefined => {
  const place = kind === "restore" ? textIn(request, "target") : textIn(request, "destination")
  // What is relative to a folder that only the command knew can not be shown.
  return place?.startsWith("/") || place?.includes(":") ? place : undefined
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

const UndoButton = ({ task }: { readonly task: TaskAnswer }) => {
  const not = Undoable.whyNot(task)
  return not === undefined ? (
    <LinkButton icon="history" to="/tasks/$id/undo" params={{ id: task.id }}>
      Undo
    </LinkButton>
  ) : (
    <Button icon="history" not={not}>
      Undo
    </Button>
  )
}

export const TaskActions = ({ task }: { readonly task: TaskAnswer }) => {
  const client = useQueryClient()
  const router = useRouter()
  const [asks, setAsks] = useState<"cancel" | "limits">()
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
  const made = placeMadeBy(task)
  const failed = task.totals.failed
  const canResume = can("Resume")(task.state)
  const notPause = notNow("Pause") ?? record
  const canPause = notPause === undefined && !pause.isBusy
  useLetterKeys({
    p: canResume && mayNot === undefined ? resume.press : canPause ? pause.press : undefined,
    x: notNow("Cancel") === undefined ? () => setAsks("cancel") : undefined,
    r: failed > 0 && notNow("Again") === undefined ? retry.press : undefined
  })
  return (
    <>
      {task.kind === "backup" && snapshot !== undefined && repository !== undefined ? (
        <LinkButton icon="restore" to="/backup/$repository/$snapshot" params={{ repository, snapshot }}>
          Restore
        </LinkButton>
      ) : null}
      {made === undefined || task.state._tag !== "Done" ? null : (
        <LinkButton icon="folder" to="/browse" search={{ at: made }}>
          Open folder
        </LinkButton>
      )}
      {task.endedAt === null ? (
        <>
          {canResume ? (
            <Button icon="play" look="primary" not={mayNot} isBusy={resume.isBusy} onPress={resume.press}>
              Resume
            </Button>
          ) : (
            <Button icon="pause" not={notPause} isBusy={pause.isBusy} onPress={pause.press}>
              Pause
            </Button>
          )}
          <Button icon="cancel" not={notNow("Cancel")} onPress={() => setAsks("cancel")}>
            Cancel
          </Button>
          <Button icon="gauge" not={mayNot ?? notLimited(task)} onPress={() => setAsks("limits")}>
            Limits
          </Button>
        </>
      ) : (
        <>
          {failed > 0 ? (
            <Button icon="refresh" look="primary" not={notNow("Again")} isBusy={retry.isBusy} onPress={retry.press}>
              Retry failed
            </Button>
          ) : null}
          <Button icon="refresh" not={notNow("Again")} isBusy={again.isBusy} onPress={again.press}>
            Run again
          </Button>
        </>
      )}
      {Undoable.isOfKind(task.kind) && task.endedAt !== null ? <UndoButton task={task} /> : null}
      {asks === "cancel" ? <CancelDialog task={task} onClose={() => setAsks(undefined)} /> : null}
      {asks === "limits" ? <LimitsDialog task={task} onClose={() => setAsks(undefined)} /> : null}
    </>
  )
}
