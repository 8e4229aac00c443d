/** The program in this process: signals and the exit code. */
import { callMachine } from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Ending from "./Ending.ts"
import * as ExitCode from "./ExitCode.ts"
import { factories } from "./Factories.ts"
import * as Program from "./Program.ts"
import * as StopSignals from "./process/StopSignals.ts"
import { ofProcess } from "./Streams.ts"

/** Keeps the process alive while the program waits for something that does not. */
const longTime = 2 ** 30

/** Runs the command line of this process and ends it. */
export const main = (): void => {
  const machine = process.env.OURCLONE_MACHINE ?? ""
  if (machine !== "") callMachine(machine)
  let stopCode: number | undefined
  let isInterrupted = false
  const stop = (code: number): void => {
    stopCode ??= code
    fiber.interruptUnsafe()
  }
  const streams = ofProcess((error) => {
    if (error.code !== "EPIPE") streams.writeError(`error: standard output can not be written: ${error.message}\n`)
    stop(error.code === "EPIPE" ? ExitCode.outputClosed : ExitCode.failed)
  })
  const alive = setInterval(() => {}, longTime)
  const fiber = Effect.runFork(Program.run({ words: process.argv.slice(2), streams, factories }))
  StopSignals.begin((code) => {
    isInterrupted = true
    stop(code)
  })
  fiber.addObserver((exit) => {
    clearInterval(alive)
    const code = Exit.isSuccess(exit) ? exit.value : ExitCode.failed
    if (isInterrupted) streams.writeError("interrupted\n")
    streams.drained(() => Ending.exit(stopCode ?? code))
  })
}
