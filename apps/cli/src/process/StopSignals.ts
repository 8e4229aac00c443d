/**
 * SIGINT, SIGTERM and SIGHUP: the first one asks the program to stop, the second ends it.
 *
 * In the first moments they do what the system does with them, which costs nothing
 * and works whatever the process waits for. A command that must not be cut off
 * says `heed` before it begins.
 */
import { constants } from "node:os"
import * as Ending from "../Ending.ts"
import * as ExitCode from "../ExitCode.ts"
import { endProcess } from "./EndProcess.ts"
import * as SecondSignal from "./SecondSignal.ts"

const codes = {
  SIGINT: ExitCode.interrupted,
  SIGTERM: ExitCode.terminated,
  SIGHUP: ExitCode.hungUp
} as const

/** A run that takes longer has something to lose. */
const heedAfterMillis = 250

let stop: ((code: number) => void) | undefined

/** From now on the first signal stops the program in good order. Called twice is fine. */
export const heed = (): void => {
  if (stop === undefined) return
  const onStop = stop
  stop = undefined
  Ending.endBy(endProcess)
  let hasStopped = false
  for (const [signal, code] of Object.entries(codes)) {
    let arm = (): void => {}
    process.on(signal, () => {
      // Who asks twice does not want to wait for what is in flight.
      if (hasStopped) endProcess(code)
      hasStopped = true
      arm()
      onStop(code)
    })
    // Locks take SIGHUP for a question.
    if (signal !== "SIGHUP") arm = SecondSignal.endsProcess(constants.signals[signal as keyof typeof codes])
  }
}

/** Once in a process. `onStop` is called with the exit code that the first signal means, once signals are heeded. */
export const begin = (onStop: (code: number) => void): void => {
  stop = onStop
  setTimeout(heed, heedAfterMillis).unref()
}
