/** Files that are new at the source and extra at the destination, under another name: they are copied there. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { File } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import { retrying } from "../layers/Retry.ts"
import * as Checksum from "./Checksum.ts"
import { precision } from "./Compare.ts"
import { dated } from "./FileTime.ts"
import type { Action, Plan, Put } from "./Plan.ts"

/** What, beside the size, tells that two files are one. */
export interface RenameStrategy {
  readonly hash: boolean
  readonly modtime: boolean
  /** The last part of the name: only folders were renamed. */
  readonly leaf: boolean
}

/** `hash`, `modtime` and `leaf`, with commas between them; `size`, which always counts, may be among them. */
export const parse = (text: string): Result.Result<RenameStrategy, string> => {
  const chosen = text === "" ? ["hash"] : text.split(",")
  const unknown = chosen.find((each) => !["hash", "modtime", "leaf", "size"].includes(each))
  return unknown === undefined
    ? Result.succeed({
        hash: chosen.includes("hash"),
        modtime: chosen.includes("modtime"),
        leaf: chosen.includes("leaf")
      })
    : Result.fail(`"${unknown}" tells no renames; write hash, modtime or leaf, or several with commas`)
}

/** How many files are hashed at once. */
const hashers = 4

const leafOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

/** Why renames of files can not be told in this way between the two. */
export const hindrance = (source: Provider, destination: Provider, { modtime }: RenameStrategy): string | undefined => {
  if (destination.copy === undefined) return `${destination.name} copies nothing inside`
  const timeless = [source, destination].find(({ capabilities }) => capabilities.modifiedAtPrecision === undefined)
  return modtime && timeless !== undefined ? `${timeless.name} keeps no times of files` : undefined
}

/**
 * `plan`, made with `keepsRemoved`, in which each file that is missing at the destination, and by `strategy` is one that
 * is to be removed, is copied from that. Such files come last, and the memory grows with their
 * number. What was found so counts as no removal.
 */
export const tracked = (
  { actions, totals }: Plan,
  source: Provider,
  destination: Provider,
  strategy: RenameStrategy
): Plan => {
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

  const isSameTime = (file: File, stored: File) =>
    Effect.map(
      Effect.all([retrying(dated(source, file)), retrying(dated(destination, stored))]),
      ([left, right]) => within !== undefined && Math.abs(left.modifiedAt - right.modifiedAt) <= within
    )

  const isSame = Effect.fnUntraced(function* (file: File, stored: File) {
    if (strategy.leaf && leafOf(file.path) !== leafOf(stored.path)) return false
    if (strategy.modtime && !(yield* isSameTime(file, stored))) return false
    if (!strategy.hash) return true
    const held = { provider: destination, file: stored }
    return (yield* retrying(Checksum.isSame({ provider: source, file }, held))) === true
  })

  const find = Effect.fnUntraced(function* (put: Put): Effect.fn.Return<Action> {
    const { file } = put
    for (const stored of extra.get(file.size) ?? []) {
      const same = yield* Effect.orElseSucceed(isSame(file, stored), () => false)
      const others = extra.get(file.size)
      // Another file may have taken it meanwhile.
      if (!same || others?.includes(stored) !== true) continue
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
