/** What a plan will store and cost, under its counts. */

import type { Row as Room } from "@ourclone/jobs/storage/Room"
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { rates as ratesQuery, remotes, rows } from "../api/queries.ts"
import { taskList } from "../api/tasks.ts"
import { Icon } from "../ui/Icon.tsx"
import { partsOf } from "../words/placeText.ts"
import { paceOf } from "../words/taskFigures.ts"
import type { Plan } from "./PlanFold.ts"
import styles from "./PlanPanel.module.css"
import { type Spending as Facts, linesOf } from "./spending.ts"

/** Of tasks to the same storage, the newest that tells. */
const usePace = (storage: string | undefined, isAsked: boolean): number | undefined => {
  const { data: tasks = [] } = useInfiniteQuery({ ...taskList("all"), enabled: isAsked })
  for (const task of tasks) {
    const { destination } = (task.request ?? {}) as { readonly destination?: unknown }
    const isThere = typeof destination === "string" && partsOf(destination).storage === storage
    const pace = isThere && task.state._tag === "Done" ? paceOf(task) : undefined
    if (pace !== undefined) return pace
  }
  return undefined
}

/** Asks the destination once the plan is complete. */
export const useSpending = (plan: Plan | undefined, to: string, most?: number): Facts | undefined => {
  const { data: storages = [] } = useQuery(remotes)
  const { data: rates } = useQuery(ratesQuery)
  const { data } = useQuery({ ...rows<Room>("room", { path: to }), enabled: plan?.outcome === "done" && to !== "" })
  const { storage } = partsOf(to)
  const pace = usePace(storage, plan !== undefined)
  if (plan === undefined) return undefined
  const type = storages.find(({ name }) => name === storage)?.type
  return { plan, room: data?.rows[0], type, own: rates?.own ?? undefined, most, pace }
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
