/** Views of one screen, each with an address of its own. */
import { Link, type LinkProps } from "@tanstack/react-router"
import type { ReactNode } from "react"
import styles from "./Tabs.module.css"

export interface Tab {
  readonly label: string
  readonly count?: number | undefined
  readonly isCurrent: boolean
  readonly link: LinkProps
  readonly tone?: "failed"
}

export const Tabs = ({ label, tabs }: { readonly label: string; readonly tabs: ReadonlyArray<Tab> }): ReactNode => (
  <nav aria-label={label} className={styles.tabs}>
    {tabs.map((tab) => (
      <Link
        key={tab.label}
        {...tab.link}
        className={styles.tab}
        aria-current={tab.isCurrent ? "page" : undefined}
        activeProps={{}}
        activeOptions={{ exact: true }}
      >
        {tab.label}
        {tab.count === undefined ? null : (
          <span className={`${styles.count} ${tab.tone === "failed" && tab.count > 0 ? styles.failed : ""}`}>
            {tab.count.toLocaleString("en-US")}
          </span>
        )}
      </Link>
    ))}
  </nav>
)
