/** The frame of the screens in front of all others. */
import { type ReactNode, useEffect } from "react"
import styles from "./Door.module.css"

interface DoorProps {
  readonly title: string
  readonly lead: string
  readonly children: ReactNode
}

export const Door = ({ children, lead, title }: DoorProps) => {
  useEffect(() => {
    document.title = `${title} · OurClone`
  }, [title])
  return (
    <main className={styles.door}>
      <div className={styles.card}>
        <p className={styles.brand}>
          <img src="/icon.svg" alt="" width={36} height={36} />
          OurClone
        </p>
        <div>
          <h1>{title}</h1>
          <p className={styles.lead}>{lead}</p>
        </div>
        {children}
      </div>
    </main>
  )
}
