/** What a plan will store and cost, under its counts. */

import type { Row as Room } from "@ourclone/jobs/storage/Room"
import { useQuery } from "@tanstack/react-query"
import { rates as ratesQuery, remotes, rows } from "../api/queries.ts"
import { Icon } from "../ui/Icon.tsx"
import { partsOf } from "../words/placeText.ts"
import type { Plan } from "./PlanFold.ts"
import styles from "./PlanPanel.module.css"
import { type Spending as Facts, linesOf } from "./spending.ts"

/** Asks the destination once the plan is complete. */
export const useSpending = (plan: Plan | undefined, to: string, most?: number): Facts | undefined => {
  const { data: storages = [] } = useQuery(remotes)
  const { data: rates } = useQuery(ratesQuery)
  const { data } = useQuery({ ...rows<Room>("room", { path: to }), enabled: plan?.outcome === "done" && to !== "" })
  if (plan === undefined) return undefined
  const { storage } = partsOf(to)
  const type = storages.find(({ name }) => name === storage)?.type
  return { plan, room: data?.rows[0], type, own: rates?.own ?? undefined, most }
}

export const Spending = ({ facts }: { readonly facts: Facts | undefined }) => {
  const lines = facts === undefined ? [] : linesOf(facts)
  if (lines.length === 0) return null
  return (
    <ul className={styles.spending} aria-label="Costs and limits">
      {lines.map(({ isProblem = false, text }) => (
        <li key={text} className={isProblem ? styles.problem : undefined}>
          <Icon name={isProblem ? "alert" : "info"} size={14} />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  )
}
