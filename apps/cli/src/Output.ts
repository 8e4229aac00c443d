/**
 * Everything that is printed.
 *
 * Results go to standard output, in large writes; notes and errors go to
 * standard error. Nothing here is an Effect per line: a listing has millions.
 */

import { json, printable } from "@ourclone/core/events/PrintableText"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { DebugLog } from "./DebugLog.ts"
import { Json, Quiet, Verbose } from "./GlobalFlags.ts"
import { Streams } from "./Streams.ts"

const bufferSize = 64 * 1024

export interface Output {
  readonly isJson: boolean
  readonly isQuiet: boolean
  readonly isVerbose: boolean
  readonly isErrorTerminal: boolean
  /** A line of the result. */
  readonly line: (text: string) => void
  /** One object on a line of the result. */
  readonly json: (value: object) => void
  /** Text of the result as it is. */
  readonly raw: (text: string | Uint8Array) => void
  /** Something worth knowing that is no result, after the results so far; not with `--quiet`. */
  readonly note: (text: string) => void
  /** Something that went wrong, whatever the flags. */
  readonly problem: (text: string) => void
  /** One object on a line beside the result: what went wrong, for a program. */
  readonly errorJson: (value: object) => void
  /** A line of the debug log, made only where there is one. */
  readonly trace: (line: () => string) => void
  /** Who draws on the terminal is told here to make room before a line is written, and may draw again after it. */
  readonly around: (draw: ((write: () => void) => void) | undefined) => void
  /** Hands on what is buffered, for somebody who waits for it. */
  readonly hand: () => void
  /** Hands on what is buffered, and waits until it has been taken. */
  readonly flush: Effect.Effect<void>
  /** Waits while standard output is behind, so that what waits for its reader stays bounded. */
  readonly room: Effect.Effect<void>
}

/** The output of one command. What is still buffered when the scope closes is handed on. */
export const make: Effect.Effect<
  Output,
  never,
  | Streams
  | DebugLog
  | Scope.Scope
  | Effect.Services<typeof Json>
  | Effect.Services<typeof Quiet>
  | Effect.Services<typeof Verbose>
> = Effect.gen(function* () {
  const streams = yield* Streams
  const log = yield* DebugLog
  const isJson = yield* Json
  const isQuiet = yield* Quiet
  const isVerbose = yield* Verbose
  let buffer = ""
  let drawing: ((write: () => void) => void) | undefined

  const hand = (): void => {
    if (buffer === "") return
    const text = buffer
    buffer = ""
    // Both streams may be one terminal, with something drawn on it.
    if (drawing === undefined) streams.writeOut(text)
    else drawing(() => streams.writeOut(text))
  }
  const append = (text: string): void => {
    buffer += text
    if (buffer.length >= bufferSize) hand()
  }
  const tell = (text: string): void => {
    hand()
    const write = () => streams.writeError(`${text}\n`)
    if (drawing === undefined) write()
    else drawing(write)
  }
  const flush = Effect.callback<void>((resume) => {
    hand()
    streams.drained(() => resume(Effect.void))
  })
  yield* Effect.addFinalizer(() => Effect.sync(hand))

  return {
    isJson,
    isQuiet,
    isVerbose,
    isErrorTerminal: streams.isErrorTerminal,
    line: (text) => append(`${text}\n`),
    json: (value) => append(`${json(value)}\n`),
    raw: (text) => {
      if (typeof text === "string") return append(text)
      hand()
      streams.writeOut(text)
    },
    note: (text) => {
      if (!isQuiet) tell(text)
    },
    problem: (text) => tell(printable(text)),
    errorJson: (value) => tell(json(value)),
    trace: (line) => {
      if (log.isOn) log.trace(line())
    },
    around: (draw) => {
      drawing = draw
    },
    hand,
    flush,
    room: Effect.suspend(() => (streams.isBehind() ? flush : Effect.void))
  }
})
