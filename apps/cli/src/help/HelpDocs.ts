/** The help of every command as data, for what is made of it when the program is built. */
import type * as CliOutput from "effect/cli/CliOutput"
import type * as HelpDoc from "effect/cli/HelpDoc"
import * as Effect from "effect/Effect"
import { factories } from "../Factories.ts"
import * as Program from "../Program.ts"
import type { StreamsShape } from "../Streams.ts"

const silent: StreamsShape = {
  writeOut: () => {},
  writeError: () => {},
  drained: (done) => done(),
  isBehind: () => false,
  isInputTerminal: false,
  isErrorTerminal: false,
  size: () => ({ columns: 80, rows: 24 }),
  environment: {}
}

const docOf = (path: ReadonlyArray<string>): Effect.Effect<HelpDoc.HelpDoc> =>
  Effect.suspend(() => {
    let doc: HelpDoc.HelpDoc | undefined
    const presenter: CliOutput.Presenter = {
      present: (event) =>
        Effect.sync(() => {
          if (event._tag === "Help") doc = event.helpDoc
        })
    }
    return Effect.map(Program.run({ words: [...path, "--help"], streams: silent, factories, presenter }), () => {
      if (doc === undefined) throw new Error(`no help for ${path.join(" ")}`)
      return doc
    })
  })

/** By the words after the name of the program: "" is the whole program, `repo key add` a command of a command. */
export const all: Effect.Effect<ReadonlyMap<string, HelpDoc.HelpDoc>> = Effect.gen(function* () {
  const docs = new Map<string, HelpDoc.HelpDoc>()
  const waiting: Array<ReadonlyArray<string>> = [[]]
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const doc = yield* docOf(path)
    docs.set(path.join(" "), doc)
    for (const { commands } of doc.subcommands ?? []) for (const { name } of commands) waiting.push([...path, name])
  }
  return docs
})
