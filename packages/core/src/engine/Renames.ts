/** Files that are new at the source and extra at the destination, under another name: they are copied there. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { File } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import { retrying } from "../layers/Retry.ts"
import * as Checksum from "./Checksum.ts"
import { precision } from "./Compare.ts"
import type { Action, Plan, Put } from "./Plan.ts"

/** How many files are hashed at once. */
const hashers = 4

/**
 * `plan`, made with `keepsRemoved`, in which each file that is missing at the destination and has the size, the time and
 * the digest of one that is to be removed is copied from that. Such files come last, and the memory grows with their
 * number. What was found so counts as no removal.
 */
export const tracked = ({ actions, totals }: Plan, source: Provider, destination: Provider): Plan => {
  const within = precision(source.capabilities, destination.capabilities)
  const { location } = destination
  const held: Array<Put> = []
  const extra = new Map<number, Array<File>>()

  const isKnown = (action: Action): boolean => {
    if (action._tag === "Put" && action.because === "missing" && action.file.size > 0) {
      held.push(action)
      return false
    }
    if (action._tag === "Remove" && action.file !== undefined) {
      const { file } = action
      const others = extra.get(file.size)
      if (others === undefined) extra.set(file.size, [file])
      else others.push(file)
    }
    return true
  }

  const isSameTime = (left: File, right: File): boolean =>
    within !== undefined &&
    left.modifiedAt !== undefined &&
    right.modifiedAt !== undefined &&
    Math.abs(left.modifiedAt - right.modifiedAt) <= within

  const find = Effect.fnUntraced(function* (put: Put): Effect.fn.Return<Action> {
    const { file } = put
    for (const stored of extra.get(file.size) ?? []) {
      if (!isSameTime(file, stored)) continue
      const held = { provider: destination, file: stored }
      const same = yield* Effect.orElseSucceed(
        retrying(Checksum.isSame({ provider: source, file }, held)),
        () => undefined
      )
      const others = extra.get(file.size)
      // Another file may have taken it meanwhile.
      if (same !== true || others?.includes(stored) !== true) continue
      others.splice(others.indexOf(stored), 1)
      totals.removals--
      if (put.copyOf === undefined) totals.copiedBytes += file.size
      return { ...put, copyOf: { file: stored, location } }
    }
    return put
  })

  const rest = Stream.suspend(() => Stream.mapEffect(Stream.fromArray(held), find, { concurrency: hashers }))
  return { actions: Stream.concat(Stream.filter(actions, isKnown), rest), totals }
}
