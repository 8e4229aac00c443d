/** A folder with repositories that open in no time, and runs of jobs in it whose every word goes through JSON. */
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Repository from "@ourclone/backup/repository/Repository"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { Envelope } from "@ourclone/core/events/Envelope"
import type { Fact } from "@ourclone/core/events/RunEvent"
import * as LocalProvider from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Beside, JobKind, QueryKind, SecretName } from "../../src/kind/JobKind.ts"
import { ThisMachine } from "../../src/kind/Surroundings.ts"
import * as RunHere from "../../src/run/RunHere.ts"

export const password = "planted-secret-7f3a"
/** What a job that gives another password gives. */
export const newPassword = "planted-secret-b61c"

/** What was said of all runs, as JSON: requests, events, summaries, rows. */
export interface Said {
  readonly texts: Array<string>
}

export interface RunOptions {
  readonly isPreview?: boolean
  readonly input?: Beside["input"]
  readonly password?: string
  /** Hears of each fact when it is told. */
  readonly onFact?: (fact: Fact) => void
}

const throughJson = <A>(schema: Schema.Codec<A, unknown>, value: A, said: Said): A => {
  const codec = Schema.toCodecJson(schema)
  const text = JSON.stringify(Schema.encodeSync(codec)(value))
  said.texts.push(text)
  return Schema.decodeUnknownSync(codec)(JSON.parse(text)) as A
}

const secretsFor = (names: ReadonlyArray<SecretName>, text: string): Beside["secrets"] =>
  new Map(names.map((name) => [name, Redacted.make(name.startsWith("newPassword:") ? newPassword : text)]))

/** The folder goes with the scope. */
export const make = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "ourclone-jobs-")))),
    (path) => Effect.sync(() => fs.rmSync(path, { recursive: true, force: true }))
  )
  const said: Said = { texts: [] }
  const surroundings = Layer.mergeAll(
    Remotes.layer({ factories: [LocalProvider.factory], environment: { HOME: folder }, directory: folder }),
    Layer.succeed(ThisMachine, {
      stateDirectory: join(folder, "state"),
      cacheDirectory: join(folder, "cache"),
      home: folder,
      program: "ourclone 0.0.0"
    })
  )

  const init = (name: string) =>
    Effect.gen(function* () {
      const root = join(folder, name)
      const provider = yield* LocalProvider.make({ root })
      return yield* Repository.init(provider, Redacted.make(password), { scrypt: { N: 2, r: 8, p: 1 } })
    })

  const run = Effect.fnUntraced(function* <Request, Summary>(
    kind: JobKind<string, Request, Summary>,
    request: Request,
    options: RunOptions = {}
  ) {
    const facts: Array<Fact> = []
    const sink = (batch: ReadonlyArray<Envelope>) =>
      Effect.sync(() => {
        for (const one of batch) {
          const { event } = throughJson(Envelope, one, said)
          if (event._tag === "Progress") continue
          facts.push(event)
          options.onFact?.(event)
        }
      })
    const asked = throughJson(kind.request, request, said)
    const running = RunHere.run(kind, asked, {
      sink,
      secrets: secretsFor(kind.needs(asked), options.password ?? password),
      input: options.input,
      isPreview: options.isPreview === true
    })
    const summary = yield* Effect.provide(running, surroundings)
    return { facts, summary: throughJson(kind.summary, summary, said) }
  })

  const query = Effect.fnUntraced(function* <Request, Row>(kind: QueryKind<string, Request, Row>, request: Request) {
    const asked = throughJson(kind.request, request, said)
    const tell = { fact: () => {}, gauge: () => {}, room: Effect.void, isBehind: () => false }
    const rows = kind.run(asked, { tell, secrets: secretsFor(kind.needs(asked), password) })
    const found = yield* Effect.provide(Stream.runCollect(rows), surroundings)
    return found.map((row) => throughJson(kind.row, row, said))
  })

  const write = (path: string, text: string): void => {
    fs.mkdirSync(join(folder, path, ".."), { recursive: true })
    fs.writeFileSync(join(folder, path), text)
  }

  return { folder, init, run, query, said, surroundings, write }
})
