/** Tells that something in a folder has changed, once it has been still for a moment. */
import * as fs from "node:fs"
import { join, sep } from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** A save of a program is several changes, and a copy of a card thousands. */
const stillMillis = 10_000
/** In a folder that never keeps still. */
const mostMillis = 120_000
/** After the folder could not be watched: it is not there, or the system watches no more. */
const againMillis = 60_000

const isIn = (path: string, folder: string | undefined): boolean =>
  folder !== undefined && (path === folder || path.startsWith(`${folder}${sep}`))

/**
 * Calls `changed` until the scope closes. Changes in the folder `own`, which the program makes itself, do not count. A folder that
 * can not be watched is tried again each minute; `failed` hears why, once until it can.
 */
export const watch = (
  folder: string,
  own: string | undefined,
  changed: () => void,
  failed: (because: string) => void
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.sync(() => {
        let watcher: fs.FSWatcher | undefined
        let timer: NodeJS.Timeout | undefined
        let since: number | undefined
        let isOver = false
        let isTold = false

        const tell = (): void => {
          since = undefined
          changed()
        }
        const onChange = (name: string | null): void => {
          if (name !== null && isIn(join(folder, name), own)) return
          since ??= Date.now()
          clearTimeout(timer)
          timer = setTimeout(tell, Math.min(stillMillis, Math.max(0, since + mostMillis - Date.now())))
        }
        const begin = (): void => {
          if (isOver) return
          try {
            // A folder that is not there would be watched in vain.
            fs.accessSync(folder, fs.constants.R_OK)
            watcher = fs.watch(folder, { recursive: true, persistent: false }, (_, name) => onChange(name))
            watcher.on("error", again)
            isTold = false
          } catch (error) {
            again(error)
          }
        }
        const again = (error: unknown): void => {
          if (!isTold) failed(error instanceof Error ? error.message : String(error))
          isTold = true
          watcher?.close()
          setTimeout(begin, againMillis).unref()
        }
        begin()
        return () => {
          isOver = true
          clearTimeout(timer)
          watcher?.close()
        }
      }),
      (end) => Effect.sync(end)
    )
  )
