/** Something that wants to be read: what, why, and a button for what to do. */
import type { ReactNode } from "react"
import { Icon } from "./Icon.tsx"
import styles from "./Notice.module.css"

interface NoticeProps {
  readonly tone: "info" | "waiting" | "failed" | "done"
  readonly title?: ReactNode
  readonly children?: ReactNode
  readonly actions?: ReactNode
  /** Read out at once, for failures that need somebody. */
  readonly isUrgent?: boolean
}

const icons = { info: "info", waiting: "clock", failed: "alert", done: "check" } as const

export const Notice = ({ actions, children, isUrgent = false, title, tone }: NoticeProps) => (
  <div className={`${styles.notice} ${styles[tone]}`} role={isUrgent ? "alert" : undefined}>
    <span className={styles.icon}>
      <Icon name={icons[tone]} />
    </span>
    <div className={styles.text}>
      {title === undefined ? null : <p className={styles.title}>{title}</p>}
      {children === undefined ? null : <div>{children}</div>}
    </div>
    {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
  </div>
)
