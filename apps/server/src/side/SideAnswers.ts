/** What the side process answers, read. */
import type * as http from "node:http"
import * as readline from "node:readline"
import { Failure } from "@ourclone/core/events/Failure"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { NotThere, Refused, StorageFailed, Unavailable } from "../api/Problem.ts"
import { RemoteTest } from "../api/storage/StorageGroup.ts"
import type { SideProcess } from "./SideProcess.ts"
import { Checked, decodeLine, FileFacts, Folders, factsHeader, type Order, Verdict } from "./SideWire.ts"

export type Failing = NotThere | Refused | StorageFailed | Unavailable

/** Nothing is there of that name. */
const missing = new Set(["NotFound", "NothingThere", "NoSnapshot", "UnknownRemote", "NoRepository"])

/** What a storage or a job says went wrong, as a problem. */
export const ofFailure = ({ code, isRetryable, message, remedy }: Failure): Failing => {
  const fields = { code, detail: message, ...(remedy === undefined ? {} : { remedy }) }
  if (missing.has(code)) return new NotThere(fields)
  // Nothing failed: what the request needs is to be given first, and the remedy says what.
  if (code === "SecretRefused" || code === "WrongPassword") return new Refused(fields)
  if (code === "InvalidJob" || code === "InvalidRequest" || code === "InvalidName") return new Refused(fields)
  return new StorageFailed({ ...fields, isRetryable })
}

const unavailable = (message: string): Unavailable => new Unavailable({ code: "SideFailed", detail: message })

const textOf = async (answer: http.IncomingMessage): Promise<string> => {
  let text = ""
  for await (const piece of answer.setEncoding("utf8")) text += piece
  return text
}

const decodeFailure = Schema.decodeUnknownSync(Schema.fromJsonString(Failure))

/** The answer's head, where it is a good one; else what it says went wrong. */
export const head = (
  side: SideProcess,
  order: Order,
  body?: AsyncIterable<Uint8Array>
): Effect.Effect<http.IncomingMessage, Failing> =>
  side.ask(order, body).pipe(
    Effect.mapError((error) =>
      error._tag === "BodyBroken"
        ? new Refused({ code: "CutOff", detail: `the file did not come whole: ${error.message}` })
        : unavailable(error.message)
    ),
    Effect.flatMap((answer) => {
      const status = answer.statusCode ?? 500
      if (status < 300 || status === 416) return Effect.succeed(answer)
      const text = Effect.tryPromise({ try: () => textOf(answer), catch: () => unavailable("the answer was cut off") })
      if (status === 502) return Effect.flatMap(text, (said) => Effect.fail(ofFailure(decodeFailure(said))))
      return Effect.flatMap(text, (said) => Effect.die(new Error(said)))
    })
  )

const reader = <A>(schema: Schema.Codec<A, unknown>) => {
  const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.toCodecJson(schema)))
  return (answer: http.IncomingMessage): Effect.Effect<A, Unavailable> =>
    Effect.map(
      Effect.tryPromise({ try: () => textOf(answer), catch: () => unavailable("the answer was cut off") }),
      (text) => decode(text)
    )
}

const json = <A>(schema: Schema.Codec<A, unknown>) => {
  const read = reader(schema)
  return (side: SideProcess, order: Order): Effect.Effect<A, Failing> => Effect.flatMap(head(side, order), read)
}

export const checked = json(Checked)
export const verdicts = json(Schema.Array(Verdict))
export const folders = json(Folders)
export const tested = json(RemoteTest)

/** Of an answer that is not held against a schema here, as the API's own holds it. */
export const plain = json(Schema.Json)

export const writtenOf = reader(
  Schema.Union([
    Schema.Struct({ isThere: Schema.Literal(true) }),
    Schema.Struct({ isThere: Schema.Literal(false), path: Schema.String, bytes: Schema.Int })
  ])
)

/** At most `limit` rows; then nobody asks for more. */
export const rows = (side: SideProcess, order: Order, limit: number) =>
  Effect.flatMap(head(side, order), (answer) =>
    Effect.tryPromise({
      try: async () => {
        const rows: Array<Schema.Json> = []
        let failure: Failure | undefined
        let isWhole = false
        const lines = readline.createInterface({ input: answer, crlfDelay: Number.POSITIVE_INFINITY })
        for await (const text of lines) {
          const line = decodeLine(text)
          if (line._tag === "Failed") failure = line.failure
          if (line._tag === "End") isWhole = true
          if (line._tag !== "Row") continue
          if (rows.length === limit) {
            answer.destroy()
            return { rows, isCut: true, failure }
          }
          rows.push(line.row)
        }
        if (!isWhole && failure === undefined) throw new Error("the answer was cut off")
        return { rows, isCut: false, failure }
      },
      catch: (error) => unavailable(error instanceof Error ? error.message : String(error))
    })
  ).pipe(
    Effect.flatMap(({ failure, isCut, rows }) =>
      failure === undefined ? Effect.succeed({ rows, isCut }) : Effect.fail(ofFailure(failure))
    )
  )

const decodeFacts = Schema.decodeUnknownSync(Schema.fromJsonString(FileFacts))

export const factsOf = (answer: http.IncomingMessage): FileFacts =>
  decodeFacts(Buffer.from(String(answer.headers[factsHeader]), "base64url").toString())
