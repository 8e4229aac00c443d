/** The facts of a task, the newest first; those that come while somebody looks are put on top. */
import type { Envelope } from "@ourclone/core/events/Envelope"
import { useRouteContext } from "@tanstack/react-router"
import { useEffect, useState } from "react"
import type { TaskAnswer } from "../../../../src/api/tasks/TaskAnswer.ts"
import { get, messageOf } from "../../api/call.ts"
import { Button } from "../../ui/Button.tsx"
import { type Column, DataTable } from "../../ui/DataTable.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { StateBadge } from "../../ui/StateBadge.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import { isKnown, lineOf } from "../../words/facts.ts"
import { exactly } from "../../words/moments.ts"

type NumberedFact = Envelope & { readonly seq: number }

const pageSize = 1000

/** Before anything was counted. */
const saysNothing = ({ event }: Envelope): boolean =>
  event._tag === "Planned" && !event.isFinal && event.files === 0 && event.removals === 0

const isFact = (envelope: Envelope): envelope is NumberedFact =>
  envelope.seq !== undefined && isKnown(envelope.event) && !saysNothing(envelope)

const columns: ReadonlyArray<Column<NumberedFact>> = [
  { id: "at", label: "Time", width: "136px", cell: ({ at }) => exactly(at) },
  {
    id: "word",
    label: "What",
    width: "150px",
    cell: ({ event }) => {
      if (event._tag === "Progress") return null
      const { icon, tone, word } = lineOf(event)
      return (
        <StateBadge icon={icon} tone={tone}>
          {word}
        </StateBadge>
      )
    }
  },
  {
    id: "text",
    label: "On what",
    width: "minmax(200px, 1fr)",
    onPhone: "first",
    cell: ({ event }) => {
      const text = event._tag === "Progress" ? "" : lineOf(event).text
      return <span title={text}>{text}</span>
    }
  }
]

/** By number, each once, the newest first. */
const joined = (left: ReadonlyArray<NumberedFact>, right: ReadonlyArray<Envelope>): ReadonlyArray<NumberedFact> => {
  const bySeq = new Map([...left, ...right.filter(isFact)].map((fact) => [fact.seq, fact]))
  return [...bySeq.values()].sort((one, other) => other.seq - one.seq)
}

export const TaskLog = ({ task: { id, seq } }: { readonly task: TaskAnswer }) => {
  const live = useRouteContext({ from: "__root__", select: (context) => context.live })
  const say = useSay()
  const [facts, setFacts] = useState<ReadonlyArray<NumberedFact>>([])
  const [first, setFirst] = useState(() => Math.max(0, seq - pageSize))
  useEffect(() => {
    const controller = new AbortController()
    const coming: Array<Envelope> = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const draw = () => {
      timer = undefined
      const some = coming.splice(0)
      setFacts((all) => joined(all, some))
    }
    const leave = live.follow(id, (envelope) => {
      coming.push(envelope)
      timer ??= setTimeout(draw, 250)
    })
    get<{ readonly facts: ReadonlyArray<Envelope> }>(
      `/tasks/${id}/facts`,
      { after: first, limit: pageSize },
      controller.signal
    )
      .then((page) => setFacts((all) => joined(all, page.facts)))
      .catch((error: unknown) => {
        if (!controller.signal.aborted) say({ text: messageOf(error), isFailure: true })
      })
    return () => {
      controller.abort()
      clearTimeout(timer)
      leave()
    }
  }, [id, first, live, say])
  if (facts.length === 0) return <Empty icon="tasks" title="Nothing was told yet" />
  return (
    <>
      <DataTable
        label="Log"
        rows={facts}
        count={Math.max(seq, facts.length)}
        columns={columns}
        keyOf={(fact) => String(fact.seq)}
        nameOf={({ event }) => (event._tag === "Progress" ? "" : lineOf(event).text)}
      />
      {first === 0 ? null : <Button onPress={() => setFirst(Math.max(0, first - pageSize))}>Earlier</Button>}
    </>
  )
}
