/** `--log-file`: what would go to standard error, with its time, in a file. */
import * as fs from "node:fs"
import * as path from "node:path"
import { stripVTControlCharacters } from "node:util"
import * as SystemFailure from "@ourclone/backup/system/SystemFailure"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { usage } from "./ExitCode.ts"
import type { StreamsShape } from "./Streams.ts"

const flag = "--log-file"

/** Of what was typed: it must be known before the flags are read, so that what is wrong with them is told there too. */
const fileOf = (words: ReadonlyArray<string>): string | undefined => {
  const end = words.indexOf("--")
  const own = end < 0 ? words : words.slice(0, end)
  const at = own.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`))
  const word = own[at]
  if (word === undefined) return undefined
  return word === flag ? own[at + 1] : word.slice(flag.length + 1)
}

/** The streams with the file that `words` name for standard error, to which is added; nothing is drawn then. As they were where none is named. */
export const withLogFile = Effect.fnUntraced(function* (words: ReadonlyArray<string>, streams: StreamsShape) {
  const file = fileOf(words)
  if (file === undefined || file === "") return streams
  const opened = Result.try(() => fs.openSync(path.resolve(file), "a", 0o600))
  if (Result.isFailure(opened)) {
    const because = SystemFailure.textOf(opened.failure)
    return yield* usage(
      `${flag}: the log file can not be written: "${file}": ${because}; name one in a folder that is there and may be written to`
    )
  }
  yield* Effect.addFinalizer(() => Effect.sync(() => fs.closeSync(opened.success)))
  const shape: StreamsShape = {
    ...streams,
    isErrorTerminal: false,
    writeError: (text) => {
      const lines = stripVTControlCharacters(text).split("\n").filter(Boolean)
      const now = new Date().toISOString()
      fs.writeSync(opened.success, lines.map((line) => `${now} ${line}\n`).join(""))
    }
  }
  return shape
})
