/** Files down and up, and folders of snapshots as archives. */
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../api/Api.ts"
import { NotNow, Refused } from "../api/Problem.ts"
import * as DownloadHeaders from "../bytes/DownloadHeaders.ts"
import { patiently } from "../bytes/Patience.ts"
import { webStream } from "../bytes/WebStream.ts"
import { about } from "../http/Connection.ts"
import { Service } from "../http/Service.ts"
import * as SideAnswers from "../side/SideAnswers.ts"
import { checkRequest } from "./QueryHandlers.ts"

/** The body as it comes, however large, as long as it comes. */
const bodyOf = (request: HttpServerRequest.HttpServerRequest, patienceMillis: number): AsyncIterable<Uint8Array> => {
  const { body } = request.source as Request
  return patiently((body ?? new Blob([]).stream()) as unknown as AsyncIterable<Uint8Array>, patienceMillis)
}

const lengthOf = (request: HttpServerRequest.HttpServerRequest): number | null => {
  const text = request.headers["content-length"]
  return text === undefined || !/^\d{1,15}$/.test(text) ? null : Number(text)
}

export const file = HttpApiBuilder.group(
  Api,
  "file",
  Effect.fn(function* (handlers) {
    const { guard, patienceMillis, side } = yield* Service
    return handlers
      .handle(
        "download",
        Effect.fnUntraced(function* ({ query: { path, versionId = null }, request }) {
          yield* about(path)
          yield* guard.place(path, "path", ["query", "path"])
          const { "if-range": ifRange = null, range = null } = request.headers
          const answer = yield* SideAnswers.head(side, { _tag: "Read", path, versionId, range, ifRange })
          const facts = SideAnswers.factsOf(answer)
          if (answer.statusCode === 416) {
            answer.resume()
            return HttpServerResponse.empty({ status: 416, headers: { "content-range": `bytes */${facts.size}` } })
          }
          const isSizeKnown = answer.statusCode !== 203
          return HttpServerResponse.raw(webStream(answer), {
            status: facts.part === null ? 200 : 206,
            headers: DownloadHeaders.ofFile(facts, isSizeKnown)
          })
        })
      )
      .handleRaw(
        "upload",
        Effect.fnUntraced(function* ({ query: { overwrite, path } }) {
          yield* about(path)
          yield* guard.place(path, "path", ["query", "path"])
          const request = yield* HttpServerRequest.HttpServerRequest
          // RFC 9110, 14.5: who does not take pieces must not store one as the whole.
          if (request.headers["content-range"] !== undefined) {
            const detail = "a file is stored as a whole here: send all of it, without content-range"
            return yield* new Refused({ code: "OnlyWhole", detail, errors: [] })
          }
          const order = { _tag: "Write", path, size: lengthOf(request), overwrite: overwrite === "true" } as const
          const answer = yield* SideAnswers.head(side, order, bodyOf(request, patienceMillis))
          const written = yield* SideAnswers.writtenOf(answer)
          if (written.isThere) {
            return yield* new NotNow({
              code: "AlreadyExists",
              detail: `${path} is there already; overwrite=true replaces it`
            })
          }
          return { path: written.path, bytes: written.bytes }
        })
      )
      .handle(
        "dump",
        Effect.fnUntraced(function* ({ query: { archive, file, only, repository, snapshot } }) {
          yield* about(`${repository} ${snapshot}`)
          const request = {
            repository,
            snapshot,
            file,
            ...(only === undefined ? {} : { only: [only].flat() }),
            ...(archive === undefined ? {} : { archive })
          }
          yield* checkRequest("bytes", "dump", request, { at: ["query"] })
          const answer = yield* SideAnswers.head(side, { _tag: "Bytes", type: "dump", request })
          return HttpServerResponse.raw(webStream(answer), { headers: DownloadHeaders.ofDump(file, snapshot, archive) })
        })
      )
  })
)
