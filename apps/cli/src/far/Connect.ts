/** Requests to a service, over TCP or its socket. */
import * as fs from "node:fs"
import * as http from "node:http"
import * as https from "node:https"
import { printable } from "@ourclone/core/events/PrintableText"
import * as Effect from "effect/Effect"
import { CommandStopped, failed, ofCode, tryLater, usage } from "../ExitCode.ts"

export interface Server {
  /** The answer, where it is a good one. Fails with `CommandStopped`, whose code is that of the same failure here. */
  readonly ask: (method: string, path: string, body?: unknown) => Effect.Effect<http.IncomingMessage, CommandStopped>
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

const tokenOf = (environment: Environment) => {
  const { OURCLONE_TOKEN: token, OURCLONE_TOKEN_FILE: file } = environment
  if (token !== undefined && token !== "") return Effect.succeed(token)
  if (file === undefined || file === "") return Effect.succeed(undefined)
  return Effect.try({
    try: () => fs.readFileSync(file, "utf8").trim(),
    catch: (error) => usage(`OURCLONE_TOKEN_FILE: ${error instanceof Error ? error.message : String(error)}`)
  })
}

interface Problem {
  readonly code?: string
  readonly detail?: string
  readonly title?: string
}

const problemOf = async (answer: http.IncomingMessage): Promise<CommandStopped> => {
  let text = ""
  for await (const piece of answer.setEncoding("utf8")) text += piece
  let problem: Problem = {}
  try {
    problem = JSON.parse(text)
  } catch {
    // Whoever answered was no service of ours.
  }
  const message = problem.detail ?? problem.title ?? `the service answered ${answer.statusCode}`
  const hint = answer.statusCode === 401 ? "; give a token by OURCLONE_TOKEN" : ""
  return new CommandStopped({ code: ofCode(problem.code ?? ""), message: printable(`${message}${hint}`) })
}

const make = ({ socketPath, url }: Where, token: string | undefined): Server => ({
  ask: (method, path, body) =>
    Effect.callback<http.IncomingMessage, CommandStopped>((resume) => {
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
      request.once("error", ({ message }) => {
        const where = socketPath ?? url.origin
        resume(
          Effect.fail(
            new CommandStopped({ code: tryLater, message: `the service at ${where} does not answer: ${message}` })
          )
        )
      })
      request.end(body === undefined ? undefined : JSON.stringify(body))
      return Effect.sync(() => void request.destroy())
    })
})

/** Fails where `text` is no address. */
export const connect = Effect.fnUntraced(function* (text: string, environment: Environment) {
  const where = whereOf(text)
  if (where === undefined) {
    return yield* usage(`--server: "${text}" is no service; write https://host:port or unix:/path/of/socket`)
  }
  return make(where, yield* tokenOf(environment))
})

/** All of an answer that is short. */
export const json = (answer: http.IncomingMessage): Effect.Effect<unknown, CommandStopped> =>
  Effect.tryPromise({
    try: async () => {
      let text = ""
      for await (const piece of answer.setEncoding("utf8")) text += piece
      return JSON.parse(text)
    },
    catch: () => new CommandStopped({ code: failed, message: "the answer of the service was cut off" })
  })
