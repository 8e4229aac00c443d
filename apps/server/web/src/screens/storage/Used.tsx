/** How much lies in a storage, which costs a listing of all of it: measured when somebody asks, and kept in this browser. */
import * as Amount from "@ourclone/core/events/Amount"
import type { Row } from "@ourclone/jobs/storage/Size"
import { queryOptions, useQuery } from "@tanstack/react-query"
import type { QueryAnswer } from "../../../../src/api/query/QueryGroup.ts"
import { messageOf, post } from "../../api/call.ts"
import { rates as ratesQuery } from "../../api/queries.ts"
import * as Rates from "../../plan/Rates.ts"
import { Button } from "../../ui/Button.tsx"
import { StateBadge } from "../../ui/StateBadge.tsx"
import { exactly } from "../../words/moments.ts"
import styles from "./StorageTest.module.css"

export interface Used {
  readonly files: number
  readonly bytes: number
  readonly at: number
}

const keyOf = (name: string): string => `ourclone-used ${name}`

const isUsed = (value: unknown): value is Used =>
  typeof value === "object" &&
  value !== null &&
  ["files", "bytes", "at"].every((name) => Number.isFinite((value as Record<string, unknown>)[name]))

const kept = (name: string): Used | undefined => {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keyOf(name)) ?? "null")
    return isUsed(value) ? value : undefined
  } catch {
    return undefined
  }
}

const measure = async (name: string): Promise<Used> => {
  const answer = await post<QueryAnswer>("/queries/size", { request: { path: `${name}:` }, limit: 10_000 })
  const found = answer.rows as ReadonlyArray<Row>
  const size = found.find((row) => row._tag === "Size")
  if (size === undefined) throw new Error("Too much of it could not be read")
  const used = { files: size.files, bytes: size.bytes, at: Date.now() }
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(used))
  } catch {
    // Without storage it holds until the tab is closed.
  }
  return used
}

/** Nothing until it was measured once. */
export const usedOf = (name: string) =>
  queryOptions({
    queryKey: ["used", name],
    queryFn: () => measure(name),
    initialData: () => kept(name),
    enabled: false,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY
  })

/** A month of it, where it is a storage whose rates are known. */
export const costOf = (type: string, { bytes }: Used, own: Rates.Rates | undefined): number | undefined =>
  type === "b2" ? Rates.storageCost(Math.max(0, bytes - Rates.freeBytes), own) : undefined

export const UsedLine = ({ name, type }: { readonly name: string; readonly type: string }) => {
  const { data, error, isFetching, refetch } = useQuery(usedOf(name))
  const { data: rates } = useQuery(ratesQuery)
  const cost = data === undefined ? undefined : costOf(type, data, rates?.own ?? undefined)
  return (
    <div className={styles.row} aria-live="polite">
      <Button isDense icon="gauge" isBusy={isFetching} onPress={() => void refetch()}>
        {isFetching ? "Measuring" : "Measure"}
        <span className="sr-only"> {name}</span>
      </Button>
      {error === null ? null : (
        <StateBadge tone="failed" icon="alert">
          {messageOf(error)}
        </StateBadge>
      )}
      {data === undefined ? null : (
        <span title={`Measured ${exactly(data.at)}, without old versions`}>
          {Amount.bytes(data.bytes)} in {Amount.files(data.files)}
          {cost === undefined ? "" : `, about ${Rates.dollars(cost)} a month`}
        </span>
      )}
    </div>
  )
}
