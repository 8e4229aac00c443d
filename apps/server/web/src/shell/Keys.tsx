/** Keys that work on every screen, and the list of them. They never act while somebody types, and can be switched off. */
import { useRouter } from "@tanstack/react-router"
import { useEffect, useRef, useState } from "react"
import { Dialog } from "../ui/Dialog.tsx"
import { Check } from "../ui/Field.tsx"
import styles from "./Keys.module.css"
import { areOn, isForLetters, switchKeys } from "./letterKeys.ts"
import type { Opened } from "./Palette.tsx"
import { places } from "./places.ts"

const pairMillis = 1500

const lines: ReadonlyArray<readonly [keys: string, what: string]> = [
  ["/", "Search or go to"],
  ["Ctrl K", "Search or go to"],
  ["n", "New"],
  ...places.map(({ key: letter, label }) => [`g ${letter}`, label] as const),
  ["↑ ↓, j k", "Along the rows of a table"],
  ["space", "Mark a row"],
  ["Enter", "Open a row"],
  ["p", "Pause or resume the open task"],
  ["x", "Cancel the open task"],
  ["r", "Retry what failed of the open task"],
  ["Esc", "Close a dialog"],
  ["?", "These keys"]
]

interface KeysProps {
  readonly isShown: boolean
  readonly onOpen: (open: Opened) => void
}

export const Keys = ({ isShown, onOpen }: KeysProps) => {
  const router = useRouter()
  const [isOn, setOn] = useState(areOn)
  const went = useRef(0)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isPalette = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)
      if (isPalette) {
        event.preventDefault()
        return onOpen("palette")
      }
      if (!isOn || !isForLetters(event)) return
      const place = places.find((one) => one.key === event.key)
      if (event.timeStamp - went.current < pairMillis && place !== undefined) {
        went.current = 0
        event.preventDefault()
        void router.navigate({ to: place.to })
        return
      }
      went.current = event.key === "g" ? event.timeStamp : 0
      const opens: Record<string, Opened> = { "/": "palette", n: "new", "?": "keys" }
      const open = opens[event.key]
      if (open === undefined) return
      event.preventDefault()
      onOpen(open)
    }
    addEventListener("keydown", press)
    return () => removeEventListener("keydown", press)
  }, [isOn, onOpen, router])
  if (!isShown) return null
  const choose = (on: boolean) => {
    setOn(on)
    switchKeys(on)
  }
  return (
    <Dialog title="Keys and help" onClose={() => onOpen(undefined)}>
      <Check
        label="Keys of one letter"
        help="Off, where a program that reads or listens needs them."
        isOn={isOn}
        onChange={choose}
      />
      <dl className={styles.keys}>
        {lines.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p>
        The document of the API is at <a href="/api/docs">/api/docs</a>. Each task shows what was asked for under
        Request.
      </p>
    </Dialog>
  )
}
