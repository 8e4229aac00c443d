/**
 * What a place is, as its storage says it. Names will not do: one folder has many, by links, mounts, letter case
 * and addresses of one service, and whoever takes two names for two places removes what they have just stored.
 */
import * as Schema from "effect/Schema"

/** A place on the way to another. */
export const Step = Schema.Struct({
  name: Schema.String,
  /** What the storage tells it from others by, whatever it is called; absent while it is not there. */
  id: Schema.optionalKey(Schema.String)
})
export type Step = typeof Step.Type

const Way = Schema.Array(Step)
type Way = typeof Way.Type

export const PlaceIdentity = Schema.Struct({
  /** `Account.id`. */
  account: Schema.String,
  /**
   * How the place is reached, from the outermost place to itself. A mount may show several ways; the first is the one
   * that was asked for. Never shown.
   */
  ways: Schema.Array(Way)
})
export type PlaceIdentity = typeof PlaceIdentity.Type

/** For a storage where a path is a name of one thing only: `bucket/2024/summer`. "" is the whole account. */
export const ofPath = (account: string, path: string): PlaceIdentity => {
  const names = path === "" ? [] : path.split("/")
  return { account, ways: [[{ name: "", id: "" }, ...names.map((name) => ({ name }))]] }
}

/** A place that is no other: of something made up. */
export const nowhere: PlaceIdentity = { account: "nowhere", ways: [] }

/** Whether the first `length` steps of `way` lead where `other` does. Where one was not there yet, its name and what is around it decide. */
const leadsTo = (way: Way, length: number, other: Way): boolean => {
  for (let index = length - 1, at = other.length - 1; ; index--, at--) {
    const [step, its] = [way[index], other[at]]
    if (step === undefined || its === undefined) return step === its
    if (step.id !== undefined && its.id !== undefined) return step.id === its.id
    if (step.name !== its.name) return false
  }
}

export const isSame = (left: PlaceIdentity, right: PlaceIdentity): boolean => {
  const [way] = left.ways
  const [other] = right.ways
  return left.account === right.account && way !== undefined && other !== undefined && leadsTo(way, way.length, other)
}

/** Whether `inner` is `outer` or lies somewhere in it. */
export const isInside = (inner: PlaceIdentity, outer: PlaceIdentity): boolean => {
  const [other] = outer.ways
  if (inner.account !== outer.account || other === undefined) return false
  return inner.ways.some((way) => way.some((_, index) => leadsTo(way, index + 1, other)))
}

/** As which paths `inner` lies in `outer`, the one that was asked for first. */
export const pathsIn = (inner: PlaceIdentity, outer: PlaceIdentity): ReadonlyArray<string> => {
  const [other] = outer.ways
  if (inner.account !== outer.account || other === undefined) return []
  return inner.ways.flatMap((way) => {
    const at = way.findIndex((_, index) => leadsTo(way, index + 1, other))
    return at < 0
      ? []
      : [
          way
            .slice(at + 1)
            .map(({ name }) => name)
            .join("/")
        ]
  })
}

/** Whether one lies in the other. */
export const overlap = (left: PlaceIdentity, right: PlaceIdentity): boolean =>
  isInside(left, right) || isInside(right, left)
