/** The three streams of the process and its surroundings, so that a test can bring its own. */
import { isatty } from "node:tty"
import * as Context from "effect/Context"

/** Its stream is made only for what reads it, as that takes milliseconds. */
const standardInput = 0

export interface StreamsShape {
  /** Passed on at once. */
  readonly writeOut: (text: string | Uint8Array) => void
  readonly writeError: (text: string) => void
  /** Calls back once everything written to standard output has been taken, or nobody is left to take it. */
  readonly drained: (done: () => void) => void
  /** Whether standard output holds what its reader has not taken yet. */
  readonly isBehind: () => boolean
  readonly isInputTerminal: boolean
  readonly isErrorTerminal: boolean
  /** Of the terminal that standard error is; 80 by 24 where it is none. */
  readonly size: () => { readonly columns: number; readonly rows: number }
  readonly environment: { readonly [variable: string]: string | undefined }
}

export class Streams extends Context.Service<Streams, StreamsShape>()("@ourclone/cli/Streams") {}

/** Those of this process. `onFailed` is called once when standard output takes no more; `EPIPE` when its reader has gone. */
export const ofProcess = (onFailed: (error: NodeJS.ErrnoException) => void): StreamsShape => {
  const { stderr, stdout } = process
  let isClosed = false
  let waiting: Array<() => void> = []
  const release = (): void => {
    const released = waiting
    waiting = []
    for (const done of released) done()
  }
  stdout.on("drain", release)
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (!isClosed) onFailed(error)
    isClosed = true
    release()
  })
  stderr.on("error", () => {})
  return {
    writeOut: (text) => {
      if (!isClosed) stdout.write(text)
    },
    writeError: (text) => void stderr.write(text),
    drained: (done) => {
      // That nobody reads any more is only said a moment after the write.
      if (isClosed || !stdout.writableNeedDrain) setImmediate(done)
      else waiting.push(done)
    },
    isBehind: () => !isClosed && stdout.writableNeedDrain,
    get isInputTerminal() {
      return isatty(standardInput)
    },
    isErrorTerminal: stderr.isTTY === true,
    size: () => ({ columns: stderr.columns || 80, rows: stderr.rows || 24 }),
    environment: process.env
  }
}
