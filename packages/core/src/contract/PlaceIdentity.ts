/**
 * What a place is, as its storage says it. Names will not do: one folder has many, by links, mounts, letter case
 * and addresses of one service, and whoever takes two names for two places removes what they have just stored.
 */
import * as Schema from "effect/Schema"

export const PlaceIdentity = Schema.Struct({
  /** `Account.id`. */
  account: Schema.String,
  /** What the storage calls the place, and then each place around it, the outermost last. Never shown. */
  ids: Schema.Array(Schema.String)
})
export type PlaceIdentity = typeof PlaceIdentity.Type

/** For a storage where a path is a name of one thing only: `bucket/2024/summer`. "" is the whole account. */
export const ofPath = (account: string, path: string): PlaceIdentity => {
  const ids = [path]
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) ids.push(path.slice(0, end))
  if (path !== "") ids.push("")
  return { account, ids }
}

/** A place that is no other: of something made up. */
export const nowhere: PlaceIdentity = { account: "nowhere", ids: [] }

export const isSame = (left: PlaceIdentity, right: PlaceIdentity): boolean =>
  left.account === right.account && left.ids[0] !== undefined && left.ids[0] === right.ids[0]

/** Whether `inner` is `outer` or lies somewhere in it. */
export const isInside = (inner: PlaceIdentity, outer: PlaceIdentity): boolean => {
  const [own] = outer.ids
  return inner.account === outer.account && own !== undefined && inner.ids.includes(own)
}

/** Whether one lies in the other. */
export const overlap = (left: PlaceIdentity, right: PlaceIdentity): boolean =>
  isInside(left, right) || isInside(right, left)
