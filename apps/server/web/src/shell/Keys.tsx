/** Keys that work on every screen, and the list of them. They never act while somebody types, and can be switched off. */
import { useRouter } from "@tanstack/react-router"
import { useEffect, useRef, useState } from "react"
import { Dialog } from "../ui/Dialog.tsx"
import { Check } from "../ui/Field.tsx"
import styles from "./Keys.module.css"
import type { Opened } from "./Palette.tsx"
import { places } from "./places.ts"

const key = "ourclone-keys"
const pairMillis = 1500

const areOn = (): boolean => {
  try {
    return localStorage.getItem(key) !== "off"
  } catch {
    return true
  }
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.closest("input,textarea,select") !== null)

const lines: ReadonlyArray<readonly [keys: string, what: string]> = [
  ["/", "Search or go to"],
  ["Ctrl K", "Search or go to"],
  ["n", "New"],
  ...places.map(({ key: letter, label }) => [`g ${letter}`, label] as const),
  ["↑ ↓, j k", "Along the rows of a table"],
  ["space", "Mark a row"],
  ["Enter", "Open a row"],
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
      if (!isOn || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (document.querySelector("dialog[open]") !== null) return
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
    try {
      localStorage.setItem(key, on ? "on" : "off")
    } catch {
      // Without storage it holds until the tab is closed.
    }
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
