/** A `Tell` that keeps what it is told, for tests. */
import * as Effect from "effect/Effect"
import type { Fact, Progress } from "../events/RunEvent.ts"
import type { Tell } from "../events/Tell.ts"

export interface Told extends Tell {
  readonly facts: Array<Fact>
  /** The facts of one kind, in order. */
  readonly of: <Tag extends Fact["_tag"]>(tag: Tag) => ReadonlyArray<Extract<Fact, { readonly _tag: Tag }>>
  /** How far the run says it is now. */
  readonly progress: () => Progress | undefined
}

export const make = (): Told => {
  const facts: Array<Fact> = []
  let latest: (() => Progress) | undefined
  return {
    facts,
    of: <Tag extends Fact["_tag"]>(tag: Tag) =>
      facts.filter((fact): fact is Extract<Fact, { readonly _tag: Tag }> => fact._tag === tag),
    progress: () => latest?.(),
    fact: (fact) => void facts.push(fact),
    gauge: (progress) => {
      latest = progress
    },
    room: Effect.void,
    isBehind: () => false
  }
}

/** In few words, such as `stored a.txt`, for comparing. */
export const inWords = (fact: Fact): string => {
  switch (fact._tag) {
    case "Done":
      return `${fact.deed} ${fact.item}`
    case "Would":
      return `would be ${fact.deed} ${fact.item}`
    case "Skipped":
      return `skipped ${fact.item}`
    case "Failed":
      return `failed ${fact.failure.item ?? ""}`
    case "Note":
      return `note ${fact.code}`
    case "Step":
      return `step ${fact.name}`
    case "Planned":
    case "Waiting":
    case "Finished":
      return fact._tag
  }
}
