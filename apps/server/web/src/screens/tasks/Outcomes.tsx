/** Files that failed or were skipped: by reason with what to do about it, then one by one, however many. */
import * as Amount from "@ourclone/core/events/Amount"
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useRouter } from "@tanstack/react-router"
import { useEffect, useState } from "react"
import type { CauseAnswer, OutcomeAnswer, TaskAnswer } from "../../../../src/api/tasks/TaskAnswer.ts"
import { get, post } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { usePress } from "../../api/press.ts"
import { causes as causesQuery } from "../../api/queries.ts"
import { putTask } from "../../api/tasks.ts"
import { useMay } from "../../shell/may.ts"
import { Button } from "../../ui/Button.tsx"
import { type Column, DataTable } from "../../ui/DataTable.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { TextField } from "../../ui/Field.tsx"
import { Path, visible } from "../../ui/Path.tsx"
import { adviceOf, reasonOf } from "../../words/remedies.ts"
import { AdviceLink } from "./AdviceLink.tsx"
import styles from "./Outcomes.module.css"

interface OutcomePage {
  readonly outcomes: ReadonlyArray<OutcomeAnswer>
  readonly isCut: boolean
}

const columns: ReadonlyArray<Column<OutcomeAnswer>> = [
  { id: "path", label: "Path", width: "minmax(160px, 1fr)", onPhone: "first", cell: ({ path }) => <Path>{path}</Path> },
  {
    id: "why",
    label: "Why",
    width: "minmax(200px, 1.4fr)",
    cell: ({ message }) => <span title={visible(message)}>{visible(message)}</span>
  }
]

const csvOf = (outcomes: ReadonlyArray<OutcomeAnswer>): string => {
  // A cell that begins like a formula would be run by a spreadsheet.
  const cell = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
  return [
    "path,reason,message",
    ...outcomes.map(({ code, message, path }) => [path, code, message].map(cell).join(","))
  ].join("\r\n")
}

const allOutcomes = async (
  id: string,
  kind: string,
  code: string | undefined
): Promise<ReadonlyArray<OutcomeAnswer>> => {
  const all: Array<OutcomeAnswer> = []
  for (let after: string | undefined; ; after = all.at(-1)?.path) {
    const page: OutcomePage = await get(`/tasks/${id}/outcomes`, { kind, code, after, limit: 2000 })
    all.push(...page.outcomes)
    if (!page.isCut || page.outcomes.length === 0) return all
  }
}

const save = (name: string, text: string): void => {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }))
  const link = document.createElement("a")
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}

const Reason = ({ cause, isChosen, onChoose }: { cause: CauseAnswer; isChosen: boolean; onChoose: () => void }) => {
  const advice = adviceOf(cause.code, cause.remedy)
  return (
    <li className={styles.reason}>
      <button type="button" className={styles.choose} aria-pressed={isChosen} onClick={onChoose}>
        <strong>{Amount.files(cause.files)}</strong>
        <span>{reasonOf(cause.code)}</span>
      </button>
      <div className={styles.example}>
        <p>{visible(cause.message)}</p>
        {advice === undefined ? null : <p className={styles.advice}>{advice.text}</p>}
      </div>
      <AdviceLink advice={advice} />
    </li>
  )
}

/** Whose files can be tried again without the others. */
const retriedByFile: ReadonlySet<string> = new Set(["copy", "move", "sync", "check"])
/** That the service takes at once. */
const mostRetried = 1000

const RetryMarked = ({ marked, task }: { readonly task: TaskAnswer; readonly marked: ReadonlySet<string> }) => {
  const client = useQueryClient()
  const router = useRouter()
  const mayNot = useMay("run")
  const retry = usePress(
    () => post<TaskAnswer>(`/tasks/${task.id}/retry/files`, { paths: [...marked] }),
    (started) => {
      putTask(client, started, Date.now())
      void router.navigate({ to: "/tasks/$id", params: { id: started.id } })
    }
  )
  const not =
    marked.size === 0
      ? "Mark files first"
      : marked.size > mostRetried
        ? `At most ${Amount.count(mostRetried)} files are tried again so; retry all that failed`
        : undefined
  return (
    <Button icon="refresh" not={mayNot ?? not} isBusy={retry.isBusy} onPress={retry.press}>
      {marked.size === 0 ? "Retry marked" : `Retry ${Amount.files(marked.size)}`}
    </Button>
  )
}

interface OutcomesProps {
  readonly task: TaskAnswer
  readonly kind: "failed" | "skipped"
  readonly code: string | undefined
}

export const Outcomes = ({ code, kind, task }: OutcomesProps) => {
  const navigate = useNavigate({ from: "/tasks/$id" })
  const causes = useLoaded(causesQuery(task.id)).filter((cause) => cause.kind === kind)
  const [find, setFind] = useState("")
  const [isSaving, setSaving] = useState(false)
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["outcomes", task.id, kind, code ?? "", kind === "failed" ? task.totals.failed : task.totals.skipped],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      get<OutcomePage>(`/tasks/${task.id}/outcomes`, { kind, code, after: pageParam, limit: 1000 }),
    getNextPageParam: (page: OutcomePage) => (page.isCut ? page.outcomes.at(-1)?.path : undefined)
  })
  // What is not loaded can not be found.
  const isLooking = find !== "" && hasNextPage
  useEffect(() => {
    if (isLooking && !isFetchingNextPage) void fetchNextPage()
  }, [isLooking, isFetchingNextPage, fetchNextPage])
  const loaded = data?.pages.flatMap(({ outcomes }) => outcomes) ?? []
  const found = find === "" ? loaded : loaded.filter(({ path }) => path.toLowerCase().includes(find.toLowerCase()))
  const canMark = kind === "failed" && retriedByFile.has(task.kind) && task.endedAt !== null
  const count = causes
    .filter((cause) => code === undefined || cause.code === code)
    .reduce((sum, { files }) => sum + files, 0)
  if (causes.length === 0) {
    return kind === "failed" ? (
      <Empty icon="check" title="Nothing failed" />
    ) : (
      <Empty icon="check" title="Nothing was skipped">
        Skipped is what was passed over with a note, such as sockets and links. What was unchanged is counted apart.
      </Empty>
    )
  }
  return (
    <>
      <ul className={styles.reasons} aria-label="Reasons">
        {causes.map((cause) => (
          <Reason
            key={`${cause.code} ${cause.message}`}
            cause={cause}
            isChosen={cause.code === code}
            onChoose={() =>
              void navigate({
                search: (before) => ({
                  ...before,
                  code: cause.code === code || cause.code === "" ? undefined : cause.code
                }),
                replace: true
              })
            }
          />
        ))}
      </ul>
      <div className={styles.tools}>
        <TextField label="Filter" type="search" value={find} onChange={setFind} placeholder="A part of the path" />
        {canMark ? <RetryMarked task={task} marked={marked} /> : null}
        <Button
          icon="download"
          isBusy={isSaving}
          onPress={() => {
            setSaving(true)
            void allOutcomes(task.id, kind, code)
              .then((all) => save(`${kind}-${task.id}.csv`, csvOf(all)))
              .finally(() => setSaving(false))
          }}
        >
          Download as CSV
        </Button>
      </div>
      {isLooking ? (
        <p role="status">
          Looked through {Amount.count(loaded.length)} of {Amount.count(count)}…
        </p>
      ) : null}
      <DataTable
        label={kind === "failed" ? "Failed files" : "Skipped files"}
        rows={found}
        count={find === "" ? Math.max(count, loaded.length) : found.length}
        columns={columns}
        keyOf={({ path }) => path}
        nameOf={({ path }) => path}
        marks={canMark ? { marked, onChange: setMarked } : undefined}
        onEnd={() => {
          if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
        }}
      />
    </>
  )
}
