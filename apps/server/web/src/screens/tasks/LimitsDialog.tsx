/** How fast a task may be and when its turn is, changed while it runs or waits. */
import * as Amount from "@ourclone/core/events/Amount"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import type { TaskAnswer } from "../../../../src/api/tasks/TaskAnswer.ts"
import { messageOf, put } from "../../api/call.ts"
import { putTask } from "../../api/tasks.ts"
import { Button } from "../../ui/Button.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { Select, TextField } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import styles from "./TaskDetail.module.css"

const mebibyte = 1024 * 1024

/** Why it can not be limited now. */
export const notLimited = ({ isRecord }: TaskAnswer): string | undefined =>
  isRecord ? "It runs in a command, which alone can limit it" : undefined

const typedOf = (rate: number | null | undefined): string =>
  rate == null ? "" : String(Number((rate / mebibyte).toFixed(3)))

/** Bytes a second; null for none, nothing for what is no amount. */
const rateOf = (typed: string): number | null | undefined => {
  if (typed.trim() === "") return null
  const amount = Number(typed)
  return Number.isFinite(amount) && amount > 0 ? Math.max(1, Math.round(amount * mebibyte)) : undefined
}

/** `up 1.0 MiB/s, down without limit`; nothing where what was asked for holds. */
export const limitWords = ({ limits }: TaskAnswer): string | undefined => {
  if (limits === null || (limits.up === null && limits.down === null)) return undefined
  const one = (rate: number | null) => (rate === null ? "without limit" : `${Amount.bytes(rate)}/s`)
  return `up ${one(limits.up)}, down ${one(limits.down)}`
}

const turns = [
  { value: "10", label: "Before others" },
  { value: "0", label: "As usual" },
  { value: "-10", label: "After others" }
]

export const LimitsDialog = ({ onClose, task }: { readonly task: TaskAnswer; readonly onClose: () => void }) => {
  const client = useQueryClient()
  const [up, setUp] = useState(() => typedOf(task.limits?.up))
  const [down, setDown] = useState(() => typedOf(task.limits?.down))
  const [priority, setPriority] = useState(String(task.priority))
  const rates = { up: rateOf(up), down: rateOf(down) }
  const save = useMutation({
    mutationFn: async () => {
      const changed = await put<TaskAnswer>(`/tasks/${task.id}/limits`, rates)
      const isSame = Number(priority) === task.priority
      return isSame ? changed : put<TaskAnswer>(`/tasks/${task.id}/priority`, { priority: Number(priority) })
    },
    onSuccess: (changed) => {
      putTask(client, changed, Date.now())
      onClose()
    }
  })
  const not = rates.up === undefined || rates.down === undefined ? "A limit is more than 0" : undefined
  return (
    <Dialog
      title="Limits and priority"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Back</Button>
          <Button look="primary" not={not} isBusy={save.isPending} onPress={() => save.mutate()}>
            Set them
          </Button>
        </>
      }
    >
      <p className={styles.muted}>
        Limits hold at once, instead of what it was started with. Where both are empty, that holds again.
      </p>
      <TextField label="Up, MiB a second" type="number" isOptional value={up} onChange={setUp} placeholder="no limit" />
      <TextField
        label="Down, MiB a second"
        type="number"
        isOptional
        value={down}
        onChange={setDown}
        placeholder="no limit"
      />
      <Select
        label="Turn"
        value={priority}
        onChange={setPriority}
        options={
          turns.some(({ value }) => value === priority)
            ? turns
            : [...turns, { value: priority, label: `Priority ${priority}` }]
        }
        help="Where more tasks wait than may run at once."
      />
      {save.error === null ? null : (
        <Notice tone="failed" isUrgent title="Not set">
          {messageOf(save.error)}
        </Notice>
      )}
    </Dialog>
  )
}
