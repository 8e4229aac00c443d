/** What a terminal tells of the mouse. */

export const on = "\x1b[?1000h\x1b[?1006h"
export const off = "\x1b[?1006l\x1b[?1000l"

export interface MouseEvent {
  readonly kind: "press" | "up" | "down"
  /** From 0. */
  readonly column: number
  readonly row: number
}

const report = /\[<(\d+);(\d+);(\d+)([Mm])/g

export const events = (input: string): ReadonlyArray<MouseEvent> =>
  [...input.matchAll(report)].flatMap(([, button, column, row, end]): ReadonlyArray<MouseEvent> => {
    const at = { column: Number(column) - 1, row: Number(row) - 1 }
    if (button === "64") return [{ kind: "up", ...at }]
    if (button === "65") return [{ kind: "down", ...at }]
    return button === "0" && end === "M" ? [{ kind: "press", ...at }] : []
  })
