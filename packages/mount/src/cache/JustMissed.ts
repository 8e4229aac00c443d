/** What did not come before the deadline, for a moment. */
import type { Refused } from "../contract/Refusal.ts"
import { moment } from "../contract/Waiting.ts"
import type { Content } from "./Content.ts"
import type { Range } from "./Ranges.ts"

interface Missed {
  readonly content: Content
  readonly range: Range
  readonly refused: Refused
}

export class JustMissed {
  private readonly missed = new Set<Missed>()

  note(missed: Missed): void {
    this.missed.add(missed)
    setTimeout(() => this.missed.delete(missed), moment).unref()
  }

  /** Why nobody waits for these ranges. */
  of(content: Content, ranges: ReadonlyArray<Range>): Refused | undefined {
    for (const each of this.missed) {
      const [start, end] = each.range
      if (each.content === content && ranges.some(([from, to]) => from < end && start < to)) return each.refused
    }
    return undefined
  }

  /** The storage answers: everything is worth waiting for. */
  clear(): void {
    this.missed.clear()
  }
}
