/** A button that opens a list of commands. Arrow keys, Home, End and Escape work in it. */
import { type KeyboardEvent, useId, useRef, useState } from "react"
import { Icon, type IconName } from "./Icon.tsx"
import styles from "./Menu.module.css"

export interface MenuItem {
  readonly label: string
  readonly icon?: IconName
  readonly onPress: () => void
  readonly not?: string | undefined
  readonly isDangerous?: boolean
}

interface MenuProps {
  readonly label: string
  readonly icon?: IconName
  /** Shows the icon alone; the label is for those who do not see it. */
  readonly isIconOnly?: boolean
  readonly look?: "primary" | "plain" | "quiet"
  readonly isDense?: boolean
  readonly items: ReadonlyArray<MenuItem>
}

const steps: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1
}

export const Menu = ({ icon, isDense = false, isIconOnly = false, items, label, look = "plain" }: MenuProps) => {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const [isOpen, setOpen] = useState(false)
  const entries = () => [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])]
  const place = () => {
    const [anchor, shown] = [button.current?.getBoundingClientRect(), list.current]
    if (anchor === undefined || shown === null) return
    const { height, width } = shown.getBoundingClientRect()
    const below = anchor.bottom + 4
    shown.style.top = `${below + height > innerHeight ? Math.max(8, anchor.top - height - 4) : below}px`
    shown.style.left = `${Math.max(8, Math.min(anchor.left, innerWidth - width - 8))}px`
  }
  const move = (event: KeyboardEvent) => {
    const step = steps[event.key]
    if (event.key === "Tab") list.current?.hidePopover()
    if (step === undefined) return
    event.preventDefault()
    const all = entries()
    all[step(all.indexOf(document.activeElement as HTMLElement), all.length)]?.focus()
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`${styles.button} ${styles[look]} ${isIconOnly ? styles.square : ""} ${isDense ? styles.dense : ""}`}
        popoverTarget={id}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={isIconOnly ? label : undefined}
        title={isIconOnly ? label : undefined}
      >
        {icon === undefined ? null : <Icon name={icon} />}
        {isIconOnly ? null : <span>{label}</span>}
        {isIconOnly ? null : <Icon name="down" size={14} />}
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        className={styles.menu}
        onKeyDown={move}
        onToggle={(event) => {
          const opened = event.newState === "open"
          setOpen(opened)
          if (!opened) return
          place()
          entries()[0]?.focus()
        }}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className={`${styles.item} ${item.isDangerous === true ? styles.dangerous : ""}`}
            aria-disabled={item.not === undefined ? undefined : true}
            title={item.not}
            onClick={() => {
              if (item.not !== undefined) return
              list.current?.hidePopover()
              item.onPress()
            }}
          >
            {item.icon === undefined ? null : <Icon name={item.icon} />}
            <span>
              {item.label}
              {item.not === undefined ? null : <small className={styles.reason}>{item.not}</small>}
            </span>
          </button>
        ))}
      </div>
    </>
  )
}
