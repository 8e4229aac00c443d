/** The windows in which every flow is tried, and what holds in each at any time. */
import { widthOf } from "@ourclone/core/events/PrintableText"
import { assert } from "vitest"
import type { Size, Window } from "../Window.ts"

export const sizes: ReadonlyArray<Size> = [
  { columns: 60, rows: 20 },
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 }
]

/** No line is longer than the window, and none pushes another out of it. */
export const fits = (window: Window, { columns, rows }: Size): void => {
  const lines = window.lines()
  assert.isAtMost(lines.length, rows)
  for (const line of lines) assert.isAtMost(widthOf(line), columns)
}
