/** Lines on standard error that are drawn over themselves; or one line now and then where that is no terminal. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as LineDrawing from "./LineDrawing.ts"
import type { Output } from "./Output.ts"
import { Streams } from "./Streams.ts"

const redrawMillis = 200
const lineMillis = 5000
const clearBelow = "\u001b[J"

export interface View {
  /** The newest state, for a terminal of so many columns and rows; no line wider than that. */
  readonly lines: (columns: number, rows: number) => ReadonlyArray<string>
  /** Everything on one line, however long; `undefined` where there is nothing to say. */
  readonly oneLine: () => string | undefined
}

/**
 * Draws until the scope closes, and leaves the terminal without the frame. Nothing
 * else of it is changed, not even its cursor, so that a process that is killed
 * takes nothing with it.
 */
export const show = Effect.fnUntraced(function* (
  output: Output,
  view: View
): Effect.fn.Return<void, never, Streams | Scope.Scope> {
  const streams = yield* Streams
  const forLocale = LineDrawing.forLocale(streams)
  if (!streams.isErrorTerminal) {
    const timer = setInterval(() => {
      const line = view.oneLine()
      if (line !== undefined) streams.writeError(`${forLocale(line)}\n`)
    }, lineMillis)
    return yield* Effect.addFinalizer(() => Effect.sync(() => clearInterval(timer)))
  }

  let drawn: ReadonlyArray<string> = []
  const erase = (): string => {
    if (drawn.length === 0) return ""
    // A terminal made narrower since has wrapped what was drawn.
    const { columns } = streams.size()
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0)
    drawn = []
    return `\u001b[${rows}A\r${clearBelow}`
  }
  const frame = (): string => {
    const { columns, rows } = streams.size()
    drawn = view.lines(Math.max(1, columns - 1), rows).map(forLocale)
    return drawn.map((line) => `${line}\n`).join("")
  }
  const draw = (): void => streams.writeError(erase() + frame())

  yield* Effect.acquireRelease(
    Effect.sync(() => {
      output.around((write) => {
        streams.writeError(erase())
        write()
        streams.writeError(frame())
      })
      return setInterval(draw, redrawMillis)
    }),
    (timer) =>
      Effect.sync(() => {
        clearInterval(timer)
        output.around(undefined)
        streams.writeError(erase())
      })
  )
})
