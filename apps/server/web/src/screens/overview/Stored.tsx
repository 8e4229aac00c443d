/** What lies in storages and what a month of it costs, as far as that was measured. */
import * as Amount from "@ourclone/core/events/Amount"
import { useQueries, useQuery } from "@tanstack/react-query"
import type { RemoteAnswer } from "../../../../src/api/storage/StorageGroup.ts"
import { rates } from "../../api/queries.ts"
import * as Rates from "../../plan/Rates.ts"
import { LinkButton } from "../../ui/Button.tsx"
import { Section } from "../../ui/Page.tsx"
import { exactly } from "../../words/moments.ts"
import { costOf, usedOf } from "../storage/Used.tsx"
import styles from "./Overview.module.css"

export const Stored = ({ storages }: { readonly storages: ReadonlyArray<RemoteAnswer> }) => {
  const asked = useQueries({ queries: storages.map(({ name }) => usedOf(name)) })
  const own = useQuery(rates).data?.own ?? undefined
  const measured = storages.flatMap(({ name, type }, index) => {
    const used = asked[index]?.data
    return used === undefined ? [] : [{ name, used, cost: costOf(type, used, own) }]
  })
  const costs = measured.flatMap(({ cost }) => (cost === undefined ? [] : [cost]))
  return (
    <Section
      title="Storage used"
      actions={
        <LinkButton isDense look="quiet" to="/storage">
          Measure
        </LinkButton>
      }
    >
      {measured.length === 0 ? (
        <p className={styles.muted}>Not measured yet: that lists everything once.</p>
      ) : (
        <ul className={styles.list}>
          {measured.map(({ cost, name, used }) => (
            <li key={name}>
              <span className={styles.name}>{name}</span>
              <span className={styles.muted}>
                {Amount.bytes(used.bytes)} in {Amount.files(used.files)}, {exactly(used.at)}
              </span>
              <span className={styles.right}>{cost === undefined ? "" : `about ${Rates.dollars(cost)} a month`}</span>
            </li>
          ))}
        </ul>
      )}
      {costs.length === 0 ? null : (
        <p className={styles.muted}>
          About {Rates.dollars(costs.reduce((sum, cost) => sum + cost, 0))} a month in all, without old versions (
          {Rates.caveatOf(own)}).
        </p>
      )}
    </Section>
  )
}
