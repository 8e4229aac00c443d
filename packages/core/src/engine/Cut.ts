/** Cutting what is to be transferred into ranges of paths that each hold about as much. */
import * as Stream from "effect/Stream"
import { type RemotePath, root } from "../contract/RemotePath.ts"
import { isOrderly, type KeyRange } from "../layers/KeyRange.ts"
import type { Action, Plan } from "./Plan.ts"

/** What a range holds before it is cut. */
export interface CutSize {
  readonly files: number
  readonly bytes: number
}

interface Cutting {
  /** Up to there ranges were made. */
  readonly after: RemotePath
  readonly files: number
  readonly bytes: number
  /** The last path that a range may end with. */
  readonly last: RemotePath
  /** The first range, until there is a second one. */
  readonly first: KeyRange | undefined
  readonly hasCut: boolean
}

const begin: Cutting = { after: root, files: 0, bytes: 0, last: root, first: undefined, hasCut: false }

const fileOf = (action: Action) => (action._tag === "Put" || action._tag === "Touch" ? action.file : undefined)

const cut = (state: Cutting): readonly [Cutting, ReadonlyArray<KeyRange>] => {
  const { first, hasCut, last } = state
  const range: KeyRange = { after: state.after, upTo: last }
  const next: Cutting = { ...begin, after: last, last }
  if (hasCut) return [{ ...next, hasCut }, [range]]
  return first === undefined ? [{ ...next, first: range }, []] : [{ ...next, hasCut: true }, [first, range]]
}

/**
 * The ranges of a plan, as it is made: one behind the other, with all that is to be transferred but for paths that are not
 * `KeyRange.isOrderly`. None where it is less than two of that size.
 */
export const ranges = <E>(actions: Stream.Stream<Action, E>, size: CutSize): Stream.Stream<KeyRange, E> =>
  Stream.mapAccum(
    actions,
    () => begin,
    (state, action): readonly [Cutting, ReadonlyArray<KeyRange>] => {
      const file = fileOf(action)
      if (file === undefined || !isOrderly(file.path)) return [state, []]
      const bytes = state.bytes + (action._tag === "Put" ? file.size : 0)
      const now: Cutting = { ...state, files: state.files + 1, bytes, last: file.path }
      return now.files >= size.files || now.bytes >= size.bytes ? cut(now) : [now, []]
    },
    { onHalt: (state) => (state.hasCut && state.files > 0 ? cut(state)[1] : []) }
  )

/** What of a plan is done in a range of it: files are stored, and nothing else. */
export const filesOf = (plan: Plan): Plan => ({
  ...plan,
  actions: Stream.filter(plan.actions, (action) => fileOf(action) !== undefined)
})
