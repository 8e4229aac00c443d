/** Tells that something in a folder has changed, once it has been still for a moment. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as TreeWatch from "./TreeWatch.ts"

export interface Patience {
  /** A save of a program is several changes, and a copy of a card thousands. */
  readonly stillMillis: number
  /** In a folder that never keeps still. */
  readonly mostMillis: number
  /** After the folder could not be watched: it is not there, or the system watches no more. */
  readonly againMillis: number
}

export const usual: Patience = { stillMillis: 10_000, mostMillis: 120_000, againMillis: 60_000 }

/** Clocks of files go by steps, the coarsest by 2 s. */
export const toleranceMillis = 2_000

export interface Tree {
  readonly folder: string
  /** The program makes changes there itself, which do not count. */
  readonly own?: string
  /** In milliseconds since 1970 UTC: what changed from then on, before it is watched, counts too. */
  readonly since: number
}

export type Watch = (
  tree: Tree,
  changed: () => void,
  failed: (because: string) => void
) => Effect.Effect<void, never, Scope.Scope>

/**
 * Calls `changed` until the scope closes. A folder that can not be watched is tried again each minute; `failed` hears why, once
 * until it can.
 */
export const make =
  ({ againMillis, mostMillis, stillMillis }: Patience = usual): Watch =>
  ({ folder, own, since: from }, changed, failed) =>
    Effect.asVoid(
      Effect.acquireRelease(
        Effect.sync(() => {
          let close = () => {}
          let timer: NodeJS.Timeout | undefined
          let since: number | undefined
          let isOver = false
          let said: string | undefined

          const tell = (): void => {
            since = undefined
            said = undefined
            changed()
          }
          const onChange = (): void => {
            since ??= Date.now()
            clearTimeout(timer)
            timer = setTimeout(tell, Math.min(stillMillis, Math.max(0, since + mostMillis - Date.now())))
          }
          // Nobody saw what happened while it could not be watched.
          const onStanding = (): void => {
            if (said !== undefined) onChange()
          }
          const begin = (from: number): void => {
            const options = { folder, own, since: from - toleranceMillis, onChange, onError: again, onStanding }
            if (!isOver) close = TreeWatch.open(options)
          }
          const again = (error: unknown): void => {
            const because = error instanceof Error ? error.message : String(error)
            if (said !== because) failed(because)
            said = because
            setTimeout(() => begin(Date.now()), againMillis).unref()
          }
          begin(from)
          return () => {
            isOver = true
            clearTimeout(timer)
            close()
          }
        }),
        (end) => Effect.sync(end)
      )
    )
