/** Requests to a service, over TCP or its socket. */
import * as fs from "node:fs"
import * as http from "node:http"
import * as https from "node:https"
import { Remedy } from "@ourclone/core/contract/Remedy"
import { Failure } from "@ourclone/core/events/Failure"
import { printable } from "@ourclone/core/events/PrintableText"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/**
 * The service could not be asked, or did not do it. `failure.code` is the service's own, or one of these:
 * `InvalidAddress`, `TokenUnreadable`, `ServiceGone` where nobody answers, `CutOff` where an answer did not come whole.
 */
export class ServiceFailed extends Schema.TaggedError<ServiceFailed>()("ServiceFailed", {
  failure: Failure,
  /** Of HTTP, where it answered with one. Whoever stands before the service has no codes of ours. */
  status: Schema.optionalKey(Schema.Int)
}) {
  override get message(): string {
    return this.failure.message
  }
}

export const failed = (code: string, message: string, isRetryable = false): ServiceFailed =>
  new ServiceFailed({ failure: { code, message, isRetryable } })

export const cutOff = (): ServiceFailed => failed("CutOff", "the answer of the service was cut off", true)

export interface AskOptions {
  /** As JSON. */
  readonly body?: unknown
  /** After so long without a byte nobody answers; without it there is no end of waiting. */
  readonly idleMillis?: number
}

export interface Service {
  /** As people name it: `https://host:8443`, or the path of the socket. */
  readonly where: string
  /** The answer, where it is a good one. `path` begins with `/api/`. Interrupted before the answer came, the request ends. */
  readonly ask: (
    method: string,
    path: string,
    options?: AskOptions
  ) => Effect.Effect<http.IncomingMessage, ServiceFailed>
}

interface Where {
  readonly url: URL
  readonly socketPath?: string
}

const form = /^unix:(.+)$/s

const whereOf = (text: string): Where | undefined => {
  const [, socketPath] = form.exec(text) ?? []
  if (socketPath !== undefined) return { url: new URL("http://localhost"), socketPath }
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) ? { url } : undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

const tokenOf = ({ OURCLONE_TOKEN: token, OURCLONE_TOKEN_FILE: file }: Environment) => {
  if (token !== undefined && token !== "") return Effect.succeed(token)
  if (file === undefined || file === "") return Effect.succeed(undefined)
  return Effect.try({
    try: () => fs.readFileSync(file, "utf8").trim(),
    catch: (error) =>
      failed("TokenUnreadable", `OURCLONE_TOKEN_FILE: ${error instanceof Error ? error.message : String(error)}`)
  })
}

const Problem = Schema.fromJsonString(
  Schema.Struct({
    code: Schema.optionalKey(Schema.String),
    detail: Schema.optionalKey(Schema.String),
    title: Schema.optionalKey(Schema.String),
    isRetryable: Schema.optionalKey(Schema.Boolean),
    remedy: Schema.optionalKey(Remedy),
    errors: Schema.optionalKey(
      Schema.Array(
        Schema.Struct({ path: Schema.Array(Schema.Union([Schema.String, Schema.Finite])), message: Schema.String })
      )
    )
  })
)

/** What may be another time: the request came too late or too often, or who is to answer it does not for now. */
const passing: ReadonlySet<number> = new Set([408, 429, 502, 503, 504])

const longestProblem = 64 * 1024

const textOf = async (answer: http.IncomingMessage, longest: number): Promise<string> => {
  let text = ""
  for await (const piece of answer.setEncoding("utf8")) {
    text += piece
    if (text.length > longest) throw new Error("too long")
  }
  return text
}

/** Whoever answered need not be a service of ours. */
const problemOf = async (answer: http.IncomingMessage): Promise<ServiceFailed> => {
  const text = await textOf(answer, longestProblem).catch(() => "")
  const problem = Option.getOrElse(Schema.decodeUnknownOption(Problem)(text), (): typeof Problem.Type => ({}))
  const { statusCode: status = 500 } = answer
  const message = problem.detail ?? problem.title ?? `the service answered ${status}`
  const hint = status === 401 ? "; give a token by OURCLONE_TOKEN" : ""
  const item = problem.errors?.[0]?.path.at(-1)
  const failure: Failure = {
    code: problem.code ?? "",
    message: printable(`${message}${hint}`),
    isRetryable: problem.isRetryable ?? passing.has(status),
    ...(problem.remedy === undefined ? {} : { remedy: problem.remedy }),
    ...(item === undefined ? {} : { item: String(item) })
  }
  return new ServiceFailed({ failure, status })
}

const make = ({ socketPath, url }: Where, token: string | undefined): Service => {
  const where = socketPath ?? url.origin
  return {
    where,
    ask: (method, path, { body, idleMillis = 0 } = {}) =>
      Effect.callback<http.IncomingMessage, ServiceFailed>((resume) => {
        const send = url.protocol === "https:" ? https.request : http.request
        const request = send(
          new URL(path, url),
          {
            method,
            agent: false,
            ...(socketPath === undefined ? {} : { socketPath }),
            headers: {
              ...(body === undefined ? {} : { "content-type": "application/json" }),
              ...(token === undefined ? {} : { authorization: `Bearer ${token}` })
            }
          },
          (answer) => {
            const { statusCode = 500 } = answer
            if (statusCode < 300) return resume(Effect.succeed(answer))
            void problemOf(answer).then((problem) => resume(Effect.fail(problem)))
          }
        )
        request.setTimeout(idleMillis, () => request.destroy(new Error("no answer in time")))
        request.once("error", ({ message }) =>
          resume(Effect.fail(failed("ServiceGone", `the service does not answer at ${where}: ${message}`, true)))
        )
        request.end(body === undefined ? undefined : JSON.stringify(body))
        return Effect.sync(() => void request.destroy())
      })
  }
}

/** Where `address` is none, or the token can not be read, it fails; nothing is asked yet. */
export const open = Effect.fnUntraced(function* (
  address: string,
  environment: Environment
): Effect.fn.Return<Service, ServiceFailed> {
  const where = whereOf(address)
  if (where === undefined) {
    const message = `"${address}" is no service; write https://host:port or unix:/path/of/socket`
    return yield* failed("InvalidAddress", message)
  }
  return make(where, yield* tokenOf(environment))
})

const longestAnswer = 64 * 1024 * 1024

/** All of an answer that is short. */
export const json = (answer: http.IncomingMessage): Effect.Effect<unknown, ServiceFailed> =>
  Effect.tryPromise({ try: async () => JSON.parse(await textOf(answer, longestAnswer)), catch: cutOff })
