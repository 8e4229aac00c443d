/** What a task did at its destination, by path, as its facts say. */
import type { Fact } from "@ourclone/core/events/RunEvent"
import * as Effect from "effect/Effect"
import type { Readable } from "../store/Readable.ts"

export interface Touch {
  /** The versions that it stored there. */
  readonly versionIds: Set<string>
  isRemoved: boolean
  /** The source has it no more. */
  isMoved: boolean
}

export interface Touched {
  readonly files: ReadonlyMap<string, Touch>
  readonly directoriesMade: ReadonlyArray<string>
  readonly directoriesRemoved: ReadonlyArray<string>
}

const piece = 2_000

/** `undefined` where the facts are not kept any more. */
export const read = Effect.fnUntraced(function* <E>(
  store: Pick<Readable<E>, "facts">,
  id: string
): Effect.fn.Return<Touched | undefined, E> {
  const files = new Map<string, Touch>()
  const made = new Set<string>()
  const removed = new Set<string>()

  const take = ({ deed, item, values }: Extract<Fact, { readonly _tag: "Done" }>): void => {
    if (deed === "directoryMade") made.add(item)
    if (deed === "directoryRemoved") removed.add(item)
    if (deed !== "stored" && deed !== "copied" && deed !== "touched" && deed !== "moved" && deed !== "removed") return
    const touch = files.get(item) ?? { versionIds: new Set(), isRemoved: false, isMoved: false }
    files.set(item, touch)
    if (typeof values?.versionId === "string") touch.versionIds.add(values.versionId)
    if (deed === "removed") touch.isRemoved = true
    if (deed === "moved") touch.isMoved = true
  }

  let after = 0
  for (;;) {
    const facts = yield* store.facts(id, after, piece)
    if (after === 0 && facts[0]?.seq !== 1) return undefined
    for (const { event } of facts) if (event?._tag === "Done") take(event)
    if (facts.length < piece) break
    after = facts.at(-1)?.seq ?? after
  }
  return { files, directoriesMade: [...made], directoriesRemoved: [...removed] }
})
