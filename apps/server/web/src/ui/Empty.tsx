/** Where there is nothing yet: what would be here, and how to begin. */
import type { ReactNode } from "react"
import styles from "./Empty.module.css"
import { Icon, type IconName } from "./Icon.tsx"

interface EmptyProps {
  readonly icon: IconName
  readonly title: string
  readonly children?: ReactNode
  readonly actions?: ReactNode
}

export const Empty = ({ actions, children, icon, title }: EmptyProps) => (
  <div className={styles.empty}>
    <span className={styles.icon}>
      <Icon name={icon} size={28} />
    </span>
    <h2>{title}</h2>
    {children === undefined ? null : <div className={styles.text}>{children}</div>}
    {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
  </div>
)
