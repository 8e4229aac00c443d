/** A state as a drawing, a word and a colour, of which each alone is enough. */
import type { IconName } from "./Icon.tsx"
import { Icon } from "./Icon.tsx"
import styles from "./StateBadge.module.css"

export type Tone = "quiet" | "running" | "waiting" | "done" | "failed"

interface StateBadgeProps {
  readonly tone: Tone
  readonly icon: IconName
  readonly children: string
  readonly isFilled?: boolean
  /** A sentence rather than a word. */
  readonly isLong?: boolean
}

export const StateBadge = ({ children, icon, isFilled = false, isLong = false, tone }: StateBadgeProps) => (
  <span className={`${styles.badge} ${styles[tone]} ${isFilled ? styles.filled : ""} ${isLong ? styles.long : ""}`}>
    <Icon name={icon} size={14} />
    <span>{children}</span>
  </span>
)
