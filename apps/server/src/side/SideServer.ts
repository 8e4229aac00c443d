/** The side process at work: answers the orders of the service, each in a fiber of its own. */
import * as http from "node:http"
import type { Remotes } from "@ourclone/core/configuration/Remotes"
import type * as Secret from "@ourclone/core/configuration/Secret"
import { silent } from "@ourclone/core/events/Tell"
import * as BytesKinds from "@ourclone/jobs/BytesKinds"
import { type JobError, toFailure } from "@ourclone/jobs/kind/JobError"
import type { Surroundings } from "@ourclone/jobs/kind/Surroundings"
import * as QueryKinds from "@ourclone/jobs/QueryKinds"
import * as StoredSecrets from "@ourclone/tasks/runner/StoredSecrets"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { AllowedRoots } from "../places/AllowedRoots.ts"
import * as LocalFolders from "../places/LocalFolders.ts"
import * as FileWork from "./FileWork.ts"
import * as JobLoading from "./JobLoading.ts"
import { kinds } from "./KindList.ts"
import { check, foresee } from "./RequestCheck.ts"
import {
  decodeOrder,
  encodeLine,
  type FileFacts,
  factsHeader,
  type Order,
  orderHeader,
  tokenHeader
} from "./SideWire.ts"
import { test } from "./StorageTest.ts"

type Works = Surroundings | Remotes | Scope.Scope

const longestOrder = 1024 * 1024

const textOf = async (request: http.IncomingMessage): Promise<string> => {
  const pieces: Array<Buffer> = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > longestOrder) throw new Error("the order is too long")
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

/** Waits while the reader is behind. */
const send = (response: http.ServerResponse, piece: Uint8Array | string) =>
  Effect.callback<void>((resume) => {
    if (response.write(piece)) return resume(Effect.void)
    response.once("drain", () => resume(Effect.void))
  })

const json = (response: http.ServerResponse, status: number, value: unknown) =>
  Effect.sync(() => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value))
  })

const failed = (response: http.ServerResponse, error: JobError) => json(response, 502, toFailure(error))

const withFacts = (response: http.ServerResponse, facts: FileFacts, status: number) =>
  response.writeHead(status, { [factsHeader]: Buffer.from(JSON.stringify(facts)).toString("base64url") })

/** What comes before the first byte fails is told in words; what comes after cuts the answer off. */
const sendBytes = <R>(
  response: http.ServerResponse,
  begin: () => void,
  bytes: Stream.Stream<Uint8Array, JobError, R>
) =>
  Effect.gen(function* () {
    let hasBegun = false
    const started = () => {
      if (!hasBegun) begin()
      hasBegun = true
    }
    const exit = yield* Effect.exit(
      Stream.runForEach(bytes, (piece) => Effect.andThen(Effect.sync(started), send(response, piece)))
    )
    if (Exit.isSuccess(exit)) {
      started()
      response.end()
      return
    }
    const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
    if (hasBegun || error === undefined) response.destroy()
    else yield* failed(response, error)
  })

const secretsFor = (needs: ReadonlyArray<string>, surroundings: Secret.Surroundings) =>
  StoredSecrets.gather(needs, StoredSecrets.none, surroundings)

const rows = Effect.fnUntraced(function* (
  response: http.ServerResponse,
  { request, type }: Extract<Order, { readonly _tag: "Rows" }>,
  surroundings: Secret.Surroundings
) {
  const kind = yield* QueryKinds.load(type)
  const secrets = yield* secretsFor(yield* kind.needs(request), surroundings)
  response.writeHead(200, { "content-type": "application/x-ndjson" })
  const take = (some: ReadonlyArray<unknown>) =>
    send(response, some.map((row) => `${encodeLine({ _tag: "Row", row: row as never })}\n`).join(""))
  const ended = yield* Effect.exit(Stream.runForEachArray(kind.rows(request, { tell: silent, secrets }), take))
  if (Exit.isSuccess(ended)) return void response.end(`${encodeLine({ _tag: "End" })}\n`)
  const error = Option.getOrUndefined(Cause.findErrorOption(ended.cause))
  if (error === undefined) return void response.destroy()
  response.end(`${encodeLine({ _tag: "Failed", failure: toFailure(error) })}\n`)
})

const preview = Effect.fnUntraced(function* (
  response: http.ServerResponse,
  { request, type }: Extract<Order, { readonly _tag: "Preview" }>,
  surroundings: Secret.Surroundings
) {
  const kind = yield* JobLoading.load(type)
  const secrets = yield* secretsFor(yield* kind.needs(request), surroundings)
  response.writeHead(200, { "content-type": "application/x-ndjson" })
  // How it ended is told by its last event.
  yield* Effect.exit(
    kind.run(request, {
      isPreview: true,
      secrets,
      sink: (batch) => send(response, batch.map((envelope) => `${JSON.stringify(envelope)}\n`).join(""))
    })
  )
  response.end()
})

const bytes = Effect.fnUntraced(function* (
  response: http.ServerResponse,
  { request, type }: Extract<Order, { readonly _tag: "Bytes" }>,
  surroundings: Secret.Surroundings
) {
  const kind = yield* BytesKinds.load(type)
  const secrets = yield* secretsFor(yield* kind.needs(request), surroundings)
  yield* sendBytes(response, () => response.writeHead(200), kind.bytes(request, { tell: silent, secrets }))
})

const read = Effect.fnUntraced(function* (
  response: http.ServerResponse,
  order: Extract<Order, { readonly _tag: "Read" }>
) {
  const found = yield* FileWork.read(order)
  const { facts } = found
  if (found.bytes === undefined) return void withFacts(response, facts, 416).end()
  const begin = () => void withFacts(response, facts, found.isSizeUnsure ? 203 : facts.part === null ? 200 : 206)
  yield* sendBytes(response, begin, found.bytes)
})

const perform = (
  order: Order,
  request: http.IncomingMessage,
  response: http.ServerResponse,
  surroundings: Secret.Surroundings
): Effect.Effect<unknown, JobError, Works> => {
  switch (order._tag) {
    case "Check":
      return Effect.gen(function* () {
        const checked = yield* check(order.family, order.type, order.request)
        if (checked._tag === "Fine" && order.isAlone) yield* secretsFor(checked.needs, surroundings)
        yield* json(response, 200, checked)
      })
    case "Foresee":
      return Effect.flatMap(foresee(order.type, order.request), (checked) => json(response, 200, checked))
    case "Kinds":
      return Effect.flatMap(kinds, (all) => json(response, 200, all))
    case "Judge":
      return Effect.flatMap(
        Effect.promise(async () => {
          const roots = await AllowedRoots.make(order)
          return Promise.all(order.names.map((name) => roots.judge(name)))
        }),
        (verdicts) => json(response, 200, verdicts)
      )
    case "Folders":
      return Effect.flatMap(
        Effect.promise(async () => LocalFolders.list(await AllowedRoots.make(order), order.name)),
        (folders) => json(response, 200, folders)
      )
    case "Test":
      return Effect.flatMap(test(order), (tested) => json(response, 200, tested))
    case "Rows":
      return rows(response, order, surroundings)
    case "Preview":
      return preview(response, order, surroundings)
    case "Bytes":
      return bytes(response, order, surroundings)
    case "Read":
      return read(response, order)
    case "Write":
      return Effect.flatMap(FileWork.write(order, request), (written) => json(response, 200, written))
  }
}

export interface SideOptions {
  readonly socket: string
  readonly token: string
  /** Where references of the configuration lead. */
  readonly surroundings: Secret.Surroundings
}

/** Answers at the socket until the scope closes. */
export const listen = Effect.fnUntraced(function* ({ socket, surroundings, token }: SideOptions) {
  const context = yield* Effect.context<Surroundings | Remotes>()
  const run = Effect.runForkWith(context)
  const answer = (
    request: http.IncomingMessage,
    response: http.ServerResponse
  ): Effect.Effect<unknown, never, Surroundings | Remotes> =>
    Effect.gen(function* () {
      if (request.headers[tokenHeader] !== token) return void response.writeHead(403).end()
      const header = request.headers[orderHeader]
      const text =
        typeof header === "string"
          ? Buffer.from(header, "base64url").toString()
          : yield* Effect.promise(() => textOf(request))
      yield* Effect.scoped(perform(decodeOrder(text), request, response, surroundings))
    }).pipe(
      Effect.catch((error) => (response.headersSent ? Effect.sync(() => response.destroy()) : failed(response, error))),
      Effect.catchCause((cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.void
          : Effect.sync(() => {
              const message = Cause.pretty(cause)
              if (response.headersSent) response.destroy()
              else response.writeHead(500, { "content-type": "text/plain" }).end(message)
            })
      )
    )
  const server = http.createServer({ requestTimeout: 0 }, (request, response) => {
    const fiber = run(answer(request, response))
    // Nobody is left to read: what was under way ends.
    response.once("close", () => void run(Fiber.interrupt(fiber)))
  })
  yield* Effect.acquireRelease(
    Effect.callback<http.Server, Error>((resume) => {
      server.once("error", (error) => resume(Effect.fail(error)))
      server.listen(socket, () => resume(Effect.succeed(server)))
    }),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )
})
