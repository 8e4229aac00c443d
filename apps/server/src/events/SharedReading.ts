/**
 * What many readers ask of the journal at the same place is asked, and written down, once.
 *
 * Readers that follow the same tasks go from piece to piece, each at its own pace: a piece is kept until those behind have it
 * as well. Were it kept for a moment only, whoever fell behind would have to ask for pieces of their own, and all would get
 * slower by that. Who comes later still, or from elsewhere, asks for their own.
 */
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import * as Effect from "effect/Effect"
import * as Position from "./Position.ts"
import * as RecentChanges from "./RecentChanges.ts"

const pieceOfFacts = 500
/** What was empty may not be for long; what was not stays as it is. */
const emptyMillis = 50
const keptMillis = 30_000
const mostKept = 1_000
const mostBytes = 16 * 1024 * 1024

export interface Piece {
  /** Server-sent events, none where nothing has happened. The same for all: it is not to be written to. */
  readonly bytes: Uint8Array
  /** Where who has it goes on. */
  readonly position: Position.Position
}

/** What happened after that position; a piece of it. */
export type SharedReading = (after: Position.Position) => Effect.Effect<Piece, TaskError>

interface Kept {
  readonly until: number
  readonly piece: Piece
}

const encoder = new TextEncoder()

/** `data` is JSON. */
export const event = (name: string, id: string, data: string): string => `event: ${name}\nid: ${id}\ndata: ${data}\n\n`

export const make = (store: Pick<TaskStore, "facts" | "changes">): SharedReading => {
  const kept = new Map<string, Kept>()
  let keptBytes = 0
  const changesAfter = RecentChanges.make(store)

  const read = Effect.fnUntraced(function* (after: Position.Position): Effect.fn.Return<Piece, TaskError> {
    const at = { change: after.change, facts: new Map(after.facts) }
    const parts: Array<string> = []
    const id = () => Position.write(at)
    let isCut = false
    // Before the facts, and told after all of them: a task never says to have got further than what was told of it.
    const changes = yield* changesAfter(after.change)
    for (const [task, seen] of after.facts) {
      const facts = yield* store.facts(task, seen, pieceOfFacts)
      isCut ||= facts.length === pieceOfFacts
      const first = facts[0]?.seq
      if (first !== undefined && first > seen + 1) {
        at.facts.set(task, first - 1)
        parts.push(event("reset", id(), "{}"))
      }
      const name = JSON.stringify(task)
      for (const envelope of facts) {
        at.facts.set(task, envelope.seq ?? seen)
        parts.push(event("fact", id(), `{"task":${name},"envelope":${JSON.stringify(envelope)}}`))
      }
    }
    if (isCut) return { bytes: encoder.encode(parts.join("")), position: at }
    for (const { json, number } of changes) {
      at.change = number
      parts.push(event("task", id(), json))
    }
    return { bytes: encoder.encode(parts.join("")), position: at }
  })

  const forget = (key: string): void => {
    keptBytes -= kept.get(key)?.piece.bytes.length ?? 0
    kept.delete(key)
  }

  const keep = (key: string, piece: Piece): void => {
    const now = performance.now()
    forget(key)
    for (const [other, { until }] of kept) {
      if (until > now && kept.size < mostKept && keptBytes <= mostBytes) break
      forget(other)
    }
    keptBytes += piece.bytes.length
    kept.set(key, { until: now + (piece.bytes.length === 0 ? emptyMillis : keptMillis), piece })
  }

  return (after) =>
    Effect.suspend(() => {
      const key = Position.write(after)
      const known = kept.get(key)
      if (known !== undefined && performance.now() < known.until) return Effect.succeed(known.piece)
      return Effect.tap(read(after), (piece) => Effect.sync(() => keep(key, piece)))
    })
}
