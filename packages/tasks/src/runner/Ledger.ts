/** What a run's events come to: facts for the journal, totals of the task, outcomes by path. Pure but for its own fields. */
import type { Envelope } from "@ourclone/core/events/Envelope"
import * as KeptVersions from "@ourclone/core/events/KeptVersions"
import { type Fact, isOfFile, isOfFolder, type Progress } from "@ourclone/core/events/RunEvent"
import type { Batch, Outcome, PartTold, Told } from "../store/TaskStore.ts"
import { noTotals, type Task, type Totals } from "../task/Task.ts"
import type { TaskInput } from "../task/TaskState.ts"

type Finished = Extract<Fact, { readonly _tag: "Finished" }>
type Waiting = Extract<Fact, { readonly _tag: "Waiting" }>

const outcomeOf = (fact: Fact): Outcome | undefined => {
  if (fact._tag === "Skipped") {
    return { path: fact.item, kind: "skipped", code: "", message: fact.because, remedy: null }
  }
  if (fact._tag !== "Failed" || fact.failure.item === undefined) return undefined
  const { code, item, message, remedy } = fact.failure
  return { path: item, kind: "failed", code, message, remedy: remedy === undefined ? null : JSON.stringify(remedy) }
}

export class Ledger {
  /** How the run ended, once it has said so. */
  finished: Finished | undefined
  /** The last thing said about waiting, until something else happens. */
  #waiting: Waiting | undefined
  #isWaiting = false
  #told: Array<Told> = []
  #outcomes: Array<Outcome> = []
  #mended: Array<string> = []
  #parts = new Map<string, PartTold>()
  #progress: Progress | undefined
  /** Changed in place: there may be millions of facts. */
  readonly #totals: { -readonly [figure in keyof Totals]: Totals[figure] }
  /** What earlier runs of the task have done. */
  readonly #before: Totals
  readonly #mends: boolean
  #firstAt: number | undefined
  /** Before the batch that was given last. */
  #wasWaiting = false

  constructor(task: Task) {
    this.#before = task.totals
    // What failed or was passed over is taken up again by this run.
    this.#totals = { ...task.totals, failed: 0, skipped: 0 }
    if (task.take > 1) this.#totals.earlier = { done: task.totals.done, doneBytes: task.totals.doneBytes }
    this.#mends = task.totals.failed + task.totals.skipped > 0
  }

  /** What is to be stored soon. */
  get size(): number {
    return this.#told.length + this.#parts.size
  }

  /** What was taken last was told by that part, up to there. */
  takePart(part: PartTold): void {
    this.#parts.set(part.id, part)
  }

  get totals(): Totals {
    return { ...this.#totals }
  }

  get hasProgress(): boolean {
    return this.#progress !== undefined
  }

  take({ at, event }: Envelope): void {
    this.#firstAt ??= at
    this.#totals.ranMillis = (this.#before.ranMillis ?? 0) + Math.max(0, at - this.#firstAt)
    if (event._tag === "Progress") {
      this.#progress = event
      this.#waiting = undefined
      this.#reach(event)
      return
    }
    this.#told.push({ at, fact: event })
    if (event._tag === "Finished") this.finished = event
    if (event._tag === "Waiting") this.#waiting = event
    else if (event._tag !== "Note" && event._tag !== "Finished") this.#waiting = undefined
    const outcome = outcomeOf(event)
    if (outcome !== undefined) this.#outcomes.push(outcome)
    if (event._tag === "Done" && this.#mends) this.#mended.push(event.item)
    this.#count(event)
  }

  #reach({ bytes, files }: Progress): void {
    const { earlier, reached } = this.#totals
    this.#totals.reached = {
      files: Math.max(reached?.files ?? 0, (earlier?.done ?? 0) + files),
      bytes: Math.max(reached?.bytes ?? 0, (earlier?.doneBytes ?? 0) + bytes)
    }
  }

  /** What was planned before holds until this run knows as much. */
  #plan({ bytes, files, isFinal, isWhole = false }: Extract<Fact, { readonly _tag: "Planned" }>): void {
    const totals = this.#totals
    if (isWhole && totals.earlier !== undefined) {
      totals.done -= totals.earlier.done
      totals.doneBytes -= totals.earlier.doneBytes
      delete totals.earlier
    }
    const { done, doneBytes } = isWhole ? noTotals : this.#before
    const isKnown = this.#before.isFinal && this.#before.done < this.#before.files
    totals.isFinal = isFinal || isKnown
    totals.files = Math.max(done + files, isFinal ? 0 : this.#before.files)
    totals.bytes = Math.max(doneBytes + bytes, isFinal ? 0 : this.#before.bytes)
  }

  #count(fact: Fact): void {
    const totals = this.#totals
    switch (fact._tag) {
      case "Planned":
        this.#plan(fact)
        return
      case "Done":
        if (isOfFile(fact)) totals.done++
        if (isOfFolder(fact)) totals.folders = (totals.folders ?? 0) + 1
        totals.doneBytes += fact.bytes ?? 0
        return
      case "Skipped":
        totals.skipped++
        return
      case "Failed":
        if (fact.failure.item !== undefined) totals.failed++
        return
      case "Step": {
        const kept = KeptVersions.of(fact)
        if (kept !== undefined) totals.kept = { replaced: kept.replaced, removed: kept.removed }
      }
    }
  }

  /** What a commit has to say of waiting, by the runner with that take. */
  blocking(take: number): Extract<TaskInput, { readonly _tag: "Blocked" | "Unblocked" }> | undefined {
    const [waiting, was] = [this.#waiting, this.#isWaiting]
    this.#wasWaiting = was
    this.#isWaiting = waiting !== undefined
    if (waiting !== undefined) {
      const { failure, for: reason, until = null } = waiting
      return { _tag: "Blocked", take, for: reason, until, ...(failure === undefined ? {} : { failure }) }
    }
    return was ? { _tag: "Unblocked", take } : undefined
  }

  /** What is to be stored; it is not given again. */
  batch(): Batch {
    const batch = {
      facts: this.#told,
      outcomes: this.#outcomes,
      mended: this.#mended,
      totals: this.totals,
      ...(this.#progress === undefined ? {} : { progress: this.#progress }),
      ...(this.#parts.size === 0 ? {} : { parts: [...this.#parts.values()] })
    }
    this.#parts = new Map()
    this.#told = []
    this.#outcomes = []
    this.#mended = []
    this.#progress = undefined
    return batch
  }

  /** The batch that was given last was not stored: it is given again, with what came since. */
  putBack({ facts, mended, outcomes, parts = [], progress }: Batch): void {
    for (const part of parts) if (!this.#parts.has(part.id)) this.#parts.set(part.id, part)
    this.#told.unshift(...facts)
    this.#outcomes.unshift(...outcomes)
    this.#mended.unshift(...mended)
    this.#progress ??= progress ?? undefined
    this.#isWaiting = this.#wasWaiting
  }
}
