/** Live progress of a transfer on standard error. */
import * as LiveLines from "./LiveLines.ts"
import type { Output } from "./Output.ts"
import type { ProgressState } from "./ProgressState.ts"
import { sample } from "./ProgressState.ts"
import { lines, oneLine, type Planned } from "./ProgressView.ts"

/** Draws until the scope closes, and leaves the terminal as it was found, without the frame. */
export const show = (output: Output, state: ProgressState, planned: () => Planned) =>
  LiveLines.show(output, {
    lines: (columns, rows) => {
      sample(state, Date.now())
      return lines(state, planned(), columns, rows)
    },
    oneLine: () => {
      sample(state, Date.now())
      return oneLine(state, planned())
    }
  })
