/** Asking on the terminal. Nobody is asked where there is none. */
import { createInterface } from "node:readline"
import * as Effect from "effect/Effect"
import { usage } from "./ExitCode.ts"

/** What is typed, with the blanks around it, and without being seen when it `isSecret`. Fails when the input ends. */
export const askExactly = (question: string, isSecret: boolean) =>
  Effect.callback<string, ReturnType<typeof usage>>((resume) => {
    const reader = createInterface({ input: process.stdin, output: process.stderr, terminal: true })
    let hasAnswered = false
    reader.question(`${question}: `, (answer) => {
      hasAnswered = true
      reader.close()
      if (isSecret) process.stderr.write("\n")
      resume(Effect.succeed(answer))
    })
    // The question has been written; what readline writes from here on is the answer.
    if (isSecret) Object.assign(reader, { _writeToOutput: () => {} })
    // The terminal is raw meanwhile, so that Ctrl-C arrives as a character.
    reader.on("SIGINT", () => {
      hasAnswered = true
      reader.close()
      process.stderr.write("\n")
      process.kill(process.pid, "SIGINT")
    })
    reader.on("close", () => {
      if (!hasAnswered) resume(Effect.fail(usage("the input ended before the question was answered")))
    })
    return Effect.sync(() => reader.close())
  })

/** What is typed, without the blanks around it. */
export const ask = (question: string, isSecret: boolean) =>
  Effect.map(askExactly(question, isSecret), (answer) => answer.trim())
