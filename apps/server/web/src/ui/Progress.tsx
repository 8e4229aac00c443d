/** How far something is. Without a share it only says that there is movement. */
import styles from "./Progress.module.css"

interface ProgressProps {
  readonly label: string
  /** From 0 to 1. */
  readonly share: number | undefined
  /** What a screen reader says: `37 %, about 25 min left`. */
  readonly text?: string | undefined
  readonly isStill?: boolean
  readonly isThin?: boolean
}

export const Progress = ({ isStill = false, isThin = false, label, share, text }: ProgressProps) => (
  <div
    role="progressbar"
    aria-label={label}
    aria-valuemin={0}
    aria-valuemax={100}
    aria-valuenow={share === undefined ? undefined : Math.floor(share * 100)}
    aria-valuetext={text}
    className={`${styles.track} ${isThin ? styles.thin : ""}`}
  >
    <div
      className={`${styles.bar} ${share === undefined && !isStill ? styles.moving : ""} ${isStill ? styles.still : ""}`}
      style={{ transform: share === undefined ? undefined : `scaleX(${Math.max(0, Math.min(1, share))})` }}
    />
  </div>
)
