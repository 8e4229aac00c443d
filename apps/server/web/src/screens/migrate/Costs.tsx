/** What a plan will store and fetch, in money where the storage is Backblaze B2. */
import * as Amount from "@ourclone/core/events/Amount"
import { useLoaded } from "../../api/loaded.ts"
import { remotes } from "../../api/queries.ts"
import type { Plan } from "../../plan/PlanFold.ts"
import * as Rates from "../../plan/Rates.ts"
import { partsOf } from "../../words/placeText.ts"
import styles from "./Migrate.module.css"

interface CostsProps {
  readonly plan: Plan
  readonly from: string
  readonly to: string
}

export const Costs = ({ from, plan, to }: CostsProps) => {
  const storages = useLoaded(remotes)
  const typeOf = (place: string) => storages.find(({ name }) => name === partsOf(place).storage)?.type
  const { counts } = plan
  const stored = counts.new.bytes + counts.overwrite.bytes
  const lines: Array<string> = []
  if (stored > 0 && typeOf(to) === "b2") {
    const cost = Rates.dollars(Rates.storageCost(stored))
    lines.push(`Stores ${Amount.bytes(stored)} more: about ${cost} a month (${Rates.caveat()}). Uploads are free.`)
    if (counts.overwrite.files > 0)
      lines.push("Old versions stay, and are paid for, until the rules of the bucket remove them.")
    if (counts.delete.files > 0)
      lines.push("Deleted files are hidden, not erased; they can be brought back until those rules remove them.")
    lines.push("Backblaze B2 tells no quota: where you have set a cap, a task that meets it waits and says so.")
  }
  if (stored > 0 && typeOf(from) === "b2") {
    lines.push(
      `Loads down ${Amount.bytes(stored)}: ${Rates.dollars(Rates.egressCost(stored))} were none of it free (${Rates.caveat()}).`
    )
  }
  if (lines.length === 0) return null
  return (
    <ul className={styles.costs} aria-label="Costs and limits">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
      {lines.some((line) => line.includes("$")) ? <li>{Rates.freeNote}</li> : null}
    </ul>
  )
}
