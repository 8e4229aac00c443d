import { useState } from "react"
import { useShortTask } from "../../api/start.ts"
import { Button } from "../../ui/Button.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { TextField } from "../../ui/Field.tsx"
import { Form } from "../../ui/Page.tsx"
import { inside } from "../../words/placeText.ts"

interface NewFolderDialogProps {
  readonly place: string
  readonly isBucket: boolean
  readonly onClose: () => void
}

export const NewFolderDialog = ({ isBucket, onClose, place }: NewFolderDialogProps) => {
  const run = useShortTask()
  const [name, setName] = useState("")
  const word = isBucket ? "bucket" : "folder"
  const not = name === "" ? "The name is missing" : /[/\\]/.test(name) ? "A name has no slash" : undefined
  const start = () => {
    if (not !== undefined) return
    onClose()
    const path = inside(place, name)
    void run({
      ...(isBucket ? { kind: "createBucket", request: { bucket: path } } : { kind: "mkdir", request: { path } }),
      done: `Made ${word} ${name}`
    })
  }
  return (
    <Dialog title={`New ${word}`} onClose={onClose}>
      <Form
        label={`New ${word}`}
        onSubmit={start}
        actions={
          <Button type="submit" look="primary" not={not}>
            Make {word}
          </Button>
        }
      >
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          shouldFocus
          help={
            isBucket
              ? "Private. Names of buckets are taken once in the whole world."
              : "Some services keep no empty folders: there it appears with its first file."
          }
        />
      </Form>
    </Dialog>
  )
}
