/** Runs the command line behind `command:` and takes what it prints. */
import { spawn } from "node:child_process"
import * as Effect from "effect/Effect"
import type { Environment } from "../machine/StandardPaths.ts"

const longestOutput = 64 * 1024
const longestComplaint = 500

/** What the command says went wrong, without the lines it printed as the answer. */
const complaint = (errors: string, output: string): string => {
  let text = errors.trim()
  for (const line of output.split("\n")) {
    if (line.trim() !== "") text = text.replaceAll(line.trim(), "xxx")
  }
  return text === "" ? "" : `: ${text.slice(-longestComplaint)}`
}

const run = (line: string, environment: Environment): Effect.Effect<string, string> =>
  Effect.callback<string, string>((resume) => {
    const child = spawn(line, {
      shell: true,
      env: { ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true
    })
    let output = ""
    let errors = ""
    /** What the shell has started may print on: nobody reads it. */
    const leave = (): void => {
      child.kill()
      child.stdout.destroy()
      child.stderr.destroy()
      child.unref()
    }
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text
      if (output.length > longestOutput) {
        leave()
        resume(Effect.fail(`its command printed more than ${longestOutput} characters; it must print only the value`))
      }
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(-longestOutput)
    })
    child.on("error", (error) => resume(Effect.fail(`its command could not be started: ${error.message}`)))
    child.on("close", (code, signal) => {
      if (code === 0) return resume(Effect.succeed(output))
      const how = code === null ? `was ended by ${signal}` : `failed with exit code ${code}`
      resume(Effect.fail(`its command ${how}${complaint(errors, output)}`))
    })
    return Effect.sync(leave)
  })

/** The whole standard output of a shell command that ends with 0 within a minute. Fails with the cause in words. */
export const outputOf = (line: string, environment: Environment): Effect.Effect<string, string> =>
  Effect.timeoutOrElse(run(line, environment), {
    duration: "60 seconds",
    orElse: () => Effect.fail("its command did not end within 60 seconds; run it by hand to see what it waits for")
  })
