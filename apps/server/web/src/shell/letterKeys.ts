/** Keys of one letter: they never act while somebody types or a dialog is open, and can be switched off (WCAG 2.1.4). */
import { useEffect, useRef } from "react"

const key = "ourclone-keys"

export const areOn = (): boolean => {
  try {
    return localStorage.getItem(key) !== "off"
  } catch {
    return true
  }
}

export const switchKeys = (on: boolean): void => {
  try {
    localStorage.setItem(key, on ? "on" : "off")
  } catch {
    // Without storage it holds until the tab is closed.
  }
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.closest("input,textarea,select") !== null)

export const isForLetters = (event: KeyboardEvent): boolean =>
  !event.ctrlKey &&
  !event.metaKey &&
  !event.altKey &&
  !isTyping(event.target) &&
  document.querySelector("dialog[open]") === null

/** What the letters do on the screen that asks, as long as it is shown. */
export const useLetterKeys = (letters: Readonly<Record<string, (() => void) | undefined>>): void => {
  const latest = useRef(letters)
  useEffect(() => {
    latest.current = letters
  })
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const act = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined
      if (act === undefined || event.defaultPrevented || !areOn() || !isForLetters(event)) return
      event.preventDefault()
      act()
    }
    addEventListener("keydown", press)
    return () => removeEventListener("keydown", press)
  }, [])
}
