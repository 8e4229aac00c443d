/** A native dialog: the browser keeps the focus inside, closes it on Escape and gives the focus back. A sheet on a phone. */
import { type ReactNode, useEffect, useId, useRef } from "react"
import { IconButton } from "./Button.tsx"
import styles from "./Dialog.module.css"

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
  /** Buttons at its foot, the main one last. */
  readonly actions?: ReactNode
  readonly width?: "narrow" | "wide"
}

export const Dialog = ({ actions, children, onClose, title, width = "narrow" }: DialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const body = useRef<HTMLDivElement>(null)
  const heading = useId()
  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    // Where one types, if one does; the browser would take the button in the head.
    body.current?.querySelector<HTMLElement>("input, textarea, select")?.focus()
    return () => shown?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className={`${styles.dialog} ${styles[width]}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <header className={styles.header}>
        <h2 id={heading}>{title}</h2>
        <IconButton icon="close" label="Back" onPress={onClose} />
      </header>
      <div ref={body} className={styles.body}>
        {children}
      </div>
      {actions === undefined ? null : <footer className={styles.footer}>{actions}</footer>}
    </dialog>
  )
}
