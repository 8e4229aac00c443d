/** The orders of a listing of a snapshot, as restic's `ls --sort` has them. */
import * as GoTime from "@ourclone/backup/go/GoTime"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Sort } from "./LookFields.ts"
import type { NodeRow } from "./NodeRow.ts"

type Order = (left: NodeRow, right: NodeRow) => number

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

const byName: Order = (left, right) => byText(left.path, right.path)

const byTime =
  (name: "atime" | "ctime" | "mtime"): Order =>
  (left, right) =>
    GoTime.compare(left[name], right[name])

const extensionOf = ({ name }: NodeRow): string => name.slice(name.lastIndexOf(".") + 1 || name.length)

/** The smallest and the oldest first. */
const orders: { readonly [sort in Sort]: Order } = {
  name: byName,
  size: (left, right) => left.size - right.size,
  time: byTime("mtime"),
  mtime: byTime("mtime"),
  atime: byTime("atime"),
  ctime: byTime("ctime"),
  extension: (left, right) => byText(extensionOf(left), extensionOf(right))
}

/** What is alike is in the order of the names. Without an order the rows come as they are found. */
export const sorted = <E, R>(
  rows: Stream.Stream<NodeRow, E, R>,
  { reverse, sort }: { readonly sort?: Sort; readonly reverse?: boolean }
): Stream.Stream<NodeRow, E, R> => {
  if (sort === undefined && reverse !== true) return rows
  const order = orders[sort ?? "name"]
  const sign = reverse === true ? -1 : 1
  const all = Effect.map(Stream.runCollect(rows), (found) =>
    found.toSorted((left, right) => sign * (order(left, right) || byName(left, right)))
  )
  return Stream.unwrap(Effect.map(all, Stream.fromIterable))
}
