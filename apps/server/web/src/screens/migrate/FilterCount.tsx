/** How many files of the source pass the filters, as they are typed. A source that takes long is left to the plan. */
import * as Amount from "@ourclone/core/events/Amount"
import { useQuery } from "@tanstack/react-query"
import type { QueryAnswer } from "../../../../src/api/query/QueryGroup.ts"
import { messageOf, post } from "../../api/call.ts"
import { useStill } from "../../ui/still.ts"
import styles from "./Migrate.module.css"

const counted = 1000
const mostMillis = 10_000

interface Passing {
  readonly files: number
  readonly bytes: number
  readonly isCut: boolean
}

const count = async (request: string, signal: AbortSignal): Promise<Passing> => {
  const body = { request: JSON.parse(request), limit: counted }
  const answer = await post<QueryAnswer>(
    "/queries/list",
    body,
    AbortSignal.any([signal, AbortSignal.timeout(mostMillis)])
  )
  const files = (answer.rows as ReadonlyArray<{ readonly _tag: string; readonly size?: number }>).filter(
    ({ _tag }) => _tag === "File"
  )
  return { files: files.length, bytes: files.reduce((sum, { size = 0 }) => sum + size, 0), isCut: answer.isCut }
}

const words = ({ bytes, files, isCut }: Passing): string => {
  if (isCut) return `At least ${Amount.files(files)} of the source pass; the preview counts them all.`
  return files === 0
    ? "No file of the source passes."
    : `${Amount.files(files)} of the source pass, ${Amount.bytes(bytes)}.`
}

interface FilterCountProps {
  readonly source: string
  /** The fields of the request that choose among files. */
  readonly choosing: object
}

export const FilterCount = ({ choosing, source }: FilterCountProps) => {
  const request = useStill(JSON.stringify({ path: source, ...choosing }))
  const isAsked = source !== "" && Object.keys(choosing).length > 0
  const { data, error, isFetching } = useQuery({
    queryKey: ["passing", request],
    queryFn: ({ signal }) => count(request, signal),
    enabled: isAsked,
    staleTime: 30_000,
    retry: false
  })
  if (!isAsked) return null
  const isLong = error instanceof DOMException
  return (
    <p className={styles.muted} role="status">
      {isFetching
        ? "Counting…"
        : isLong
          ? "The source is too large to be counted while one types; the preview does."
          : error === null
            ? data === undefined
              ? ""
              : words(data)
            : messageOf(error)}
    </p>
  )
}
