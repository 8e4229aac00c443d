/** What a user allowed a transfer at most, and whether that is used up. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Amount from "../events/Amount.ts"

/** What was done until then stays. */
export class LimitReached extends Schema.TaggedError<LimitReached>()("LimitReached", { message: Schema.String }) {}

/**
 * `hard` stops what is on its way too, `soft` lets it end, `cautious` begins nothing that would go beyond.
 */
export const CutoffMode = Schema.Literals(["hard", "soft", "cautious"])
export type CutoffMode = typeof CutoffMode.Type

export interface LimitOptions {
  /** In bytes. */
  readonly maxTransfer?: number | undefined
  /** 0 is no limit. */
  readonly maxDurationMillis?: number | undefined
  readonly cutoffMode?: CutoffMode | undefined
}

export interface Limit {
  /** Whether a file of `size` bytes may begin. False from the first time on that it is. */
  readonly mayBegin: (size: number) => boolean
  /** Bytes more that were read to be stored; a negative number takes back those of an attempt that begins anew. */
  readonly advance: (bytes: number) => void
  /** Fails with `LimitReached` when work that is on its way is to stop; never ends otherwise. */
  readonly stop: Effect.Effect<never, LimitReached>
  /** Fails with `LimitReached` when something was not begun, or not ended. */
  readonly check: Effect.Effect<void, LimitReached>
}

/** What becomes of the rest. */
const goesOn = "; what was stored stays, and the same run made again goes on with what is left"

/** As exact as it was given. */
const lengthOf = (millis: number): string =>
  millis < 1000 || (millis < 9950 && millis % 100 !== 0) ? `${millis} ms` : Amount.duration(millis / 1000)

export const make = ({ cutoffMode = "hard", maxDurationMillis, maxTransfer }: LimitOptions): Limit => {
  const reached = Deferred.makeUnsafe<never, LimitReached>()
  let error: LimitReached | undefined
  let begun = 0
  let advanced = 0

  const reach = (message: string): void => {
    error ??= new LimitReached({ message })
    if (cutoffMode === "hard") Deferred.doneUnsafe(reached, Effect.fail(error))
  }
  const transferred = (): void =>
    reach(
      `${Amount.bytes(maxTransfer ?? 0)} may be transferred at most${cutoffMode === "cautious" ? ", and the next file would go beyond" : ", and that much was"}${goesOn}`
    )
  const timer =
    maxDurationMillis === undefined || maxDurationMillis === 0
      ? Effect.never
      : Effect.andThen(
          Effect.sleep(maxDurationMillis),
          Effect.suspend(() => {
            reach(`the run may take ${lengthOf(maxDurationMillis)} at most, and did${goesOn}`)
            return Effect.never
          })
        )
  return {
    mayBegin: (size) => {
      if (error !== undefined) return false
      if (
        maxTransfer !== undefined &&
        (cutoffMode === "cautious" ? begun + size > maxTransfer : begun >= maxTransfer)
      ) {
        transferred()
        return false
      }
      begun += size
      return true
    },
    advance: (bytes) => {
      advanced += bytes
      if (maxTransfer !== undefined && cutoffMode === "hard" && advanced > maxTransfer) transferred()
    },
    stop: Effect.raceFirst(Deferred.await(reached), timer),
    check: Effect.suspend(() => (error === undefined ? Effect.void : Effect.fail(error)))
  }
}
