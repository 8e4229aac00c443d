/** The linear mode, from its first line to its last. */
import * as readline from "node:readline"
import { printable } from "@ourclone/core/events/PrintableText"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { App } from "../program/App.ts"
import type { Surroundings } from "../program/Asks.ts"
import * as CrashFile from "../terminal/CrashFile.ts"
import * as Linear from "./Linear.ts"

export interface LinearOptions {
  readonly input: NodeJS.ReadStream
  readonly write: (text: string) => void
  readonly make: (around: Omit<Surroundings, "keep">) => Effect.Effect<App, { readonly message: string }, Scope.Scope>
}

/** What was typed where no terminal takes letters back. */
export const typed = (line: string): string => {
  const letters: Array<string> = []
  for (const letter of line) {
    if (letter === "\x7f" || letter === "\b") letters.pop()
    else letters.push(letter)
  }
  return letters.join("")
}

/** A line whose letters the terminal does not show. */
const hidden = async (
  input: NodeJS.ReadStream,
  write: (text: string) => void,
  next: () => Promise<string | undefined>
): Promise<string | undefined> => {
  input.setRawMode(true)
  try {
    const line = await next()
    write("\n")
    if (line?.includes("\x03") === true) process.kill(process.pid, "SIGINT")
    return line === undefined ? undefined : typed(line)
  } finally {
    input.setRawMode(false)
  }
}

const linesOf = (input: NodeJS.ReadStream) => {
  const waiting: Array<(line: string | undefined) => void> = []
  const come: Array<string> = []
  let hasEnded = false
  const reader = readline.createInterface({ input, terminal: false })
  reader.on("line", (line) => {
    const next = waiting.shift()
    if (next === undefined) come.push(line)
    else next(line)
  })
  reader.on("close", () => {
    hasEnded = true
    for (const next of waiting.splice(0)) next(undefined)
  })
  return (): Promise<string | undefined> =>
    new Promise((resolve) => {
      const line = come.shift()
      if (line !== undefined) resolve(line)
      else if (hasEnded) resolve(undefined)
      else waiting.push(resolve)
    })
}

const talk = async (app: App, { input, write }: LinearOptions, isOver: () => number | undefined): Promise<number> => {
  const say = (lines: ReadonlyArray<string>): void => write(lines.map((line) => `${line}\n`).join(""))
  let told = 0
  const notices = (): void => {
    const { world } = app.view()
    for (const { text } of world.notices.slice(told)) say([printable(text)])
    told = world.notices.length
  }
  app.onChange(notices)
  const { service } = app.view().world
  if (service !== "") say([`Attached to the service: ${printable(service)}`])
  say([Linear.welcome])
  const next = linesOf(input)
  let shown = ""
  let page = 0
  for (;;) {
    await app.whenIdle()
    notices()
    const code = isOver()
    if (code !== undefined) return code
    const view = app.view()
    const lines = Linear.screen(view, page)
    const key = `${view.stack.at(-1)!.id} ${lines.join("\n")}`
    if (key !== shown) say(lines)
    shown = key
    const asked = Linear.prompt(view)
    write(asked?.text ?? "> ")
    const line = asked?.isSecret === true && input.isTTY ? await hidden(input, write, next) : await next()
    if (line === undefined) return 0
    if (!input.isTTY) write("\n")
    const heard = Linear.answer(app, line)
    page = heard === "more" ? page + 1 : 0
    if (heard === "unknown") {
      const said = asked?.isSecret === true ? "That" : line.trim() === "" ? "An empty line" : `"${printable(line)}"`
      say([`${said} means nothing here. ${Linear.hint(app.view())}`])
    }
    if (heard === "first") say(["There is nothing to go back to here; .quit leaves."])
    const { notice } = app.view()
    // Why something can not be done is no news, and so is not kept with them.
    if (heard === "done" && notice !== undefined && app.view().world.notices.at(-1)?.text !== notice.text)
      say([printable(notice.text)])
  }
}

/** What the process is to end with. */
export const run = (options: LinearOptions): Promise<number> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        let over: number | undefined
        const app = yield* options.make({
          copy: (text) => options.write(`${printable(text)}\n`),
          suspend: () => {},
          quit: (code) => {
            over = code
          },
          crash: (error) => {
            options.write(`${CrashFile.told(error)}\n`)
            over = 1
          }
        })
        return yield* Effect.promise(() => talk(app, options, () => over))
      })
    ).pipe(
      Effect.catch(({ message }) => {
        options.write(`error: ${message}\n`)
        return Effect.succeed(1)
      }),
      Effect.catchDefect((mistake) =>
        Effect.sync(() => {
          options.write(`${CrashFile.told(mistake)}\n`)
          return 1
        })
      )
    )
  )
