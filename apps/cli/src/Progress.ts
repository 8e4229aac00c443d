/** Live progress of a run on standard error. */
import type { RunView } from "@ourclone/core/events/RunView"
import * as LiveLines from "./LiveLines.ts"
import type { Output } from "./Output.ts"
import { lines, oneLine } from "./ProgressView.ts"

/** Draws until the scope closes, and leaves the terminal as it was found, without the frame. */
export const show = (output: Output, view: () => RunView) =>
  LiveLines.show(output, {
    lines: (columns, rows) => lines(view(), Date.now(), columns, rows),
    oneLine: () => oneLine(view(), Date.now())
  })
