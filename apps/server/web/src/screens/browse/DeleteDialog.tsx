import * as Amount from "@ourclone/core/events/Amount"
import { useShortTask } from "../../api/start.ts"
import type { Item } from "../../places/listing.ts"
import { Button } from "../../ui/Button.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { visible } from "../../ui/Path.tsx"
import { patternOf } from "../../words/patterns.ts"
import { partsOf } from "../../words/placeText.ts"
import styles from "./Browse.module.css"

interface DeleteDialogProps {
  readonly place: string
  readonly items: ReadonlyArray<Item>
  readonly onClose: () => void
  readonly onStarted: () => void
}

const namedAtOnce = 8

/** One thing is named by its path; several are the files of the folder that match their names. */
const requestOf = (place: string, items: ReadonlyArray<Item>): object => {
  const [only] = items.length === 1 ? items : []
  if (only === undefined) return { path: place, recursive: true, include: items.map(patternOf) }
  return { path: only.place, ...(only.kind === "folder" ? { recursive: true } : {}) }
}

const countText = (items: ReadonlyArray<Item>): string => {
  const folders = items.filter(({ kind }) => kind === "folder").length
  const parts = [
    items.length - folders > 0 ? Amount.files(items.length - folders) : "",
    folders > 0 ? `${folders} ${folders === 1 ? "folder" : "folders"}` : ""
  ]
  return parts.filter(Boolean).join(" and ")
}

export const DeleteDialog = ({ items, onClose, onStarted, place }: DeleteDialogProps) => {
  const run = useShortTask()
  const request = requestOf(place, items)
  const what = countText(items)
  const isStorage = partsOf(place).storage !== undefined
  const start = () => {
    onClose()
    onStarted()
    const undo = () => void run({ kind: "undelete", request, done: `Brought back ${what}` })
    void run({
      kind: "remove",
      request,
      done: `Deleted ${what}`,
      ...(isStorage ? { undo: { label: "Undo", onPress: undo } } : {})
    })
  }
  return (
    <Dialog
      title={`Delete ${what}?`}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Back</Button>
          <Button look="danger" icon="trash" onPress={start}>
            Delete {what}
          </Button>
        </>
      }
    >
      <ul className={styles.list}>
        {items.slice(0, namedAtOnce).map((item) => (
          <li key={item.place}>
            <code>{visible(item.name)}</code>
            <span className={styles.muted}>
              {item.kind === "folder" ? "with all in it" : item.size === undefined ? "" : Amount.bytes(item.size)}
            </span>
          </li>
        ))}
        {items.length > namedAtOnce ? <li className={styles.muted}>and {items.length - namedAtOnce} more</li> : null}
      </ul>
      <p>
        {isStorage
          ? "Where the storage keeps versions, as Backblaze B2 does, they are hidden and can be brought back until its rules remove them."
          : "On this computer they are gone for good."}
      </p>
    </Dialog>
  )
}
