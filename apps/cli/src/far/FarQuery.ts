/** Rows and bytes as a service gives them. */
import type { Failure } from "@ourclone/core/events/Failure"
import type { QueryKind } from "@ourclone/jobs/kind/JobKind"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { CommandStopped, failed, ofCode } from "../ExitCode.ts"
import { told } from "../words/remedies.ts"
import type { Server } from "./Connect.ts"

const cutOff = () => new CommandStopped({ code: failed, message: "the answer of the service was cut off" })

type Line =
  | { readonly _tag: "Row"; readonly row: unknown }
  | { readonly _tag: "End" }
  | { readonly _tag: "Failed"; readonly failure: Failure }

const rowOf =
  <Row>(decode: (row: unknown) => Row) =>
  (text: string): Effect.Effect<ReadonlyArray<Row>, CommandStopped> => {
    const line = JSON.parse(text) as Line
    if (line._tag === "Failed") {
      return Effect.fail(new CommandStopped({ code: ofCode(line.failure.code), message: told(line.failure) }))
    }
    return Effect.succeed(line._tag === "Row" ? [decode(line.row)] : [])
  }

export const rows = <Request, Row>(
  server: Server,
  kind: QueryKind<string, Request, Row>,
  request: Request
): Stream.Stream<Row, CommandStopped> => {
  const decode = Schema.decodeUnknownSync(Schema.toCodecJson(kind.row))
  const encoded = Schema.encodeSync(Schema.toCodecJson(kind.request))(request)
  const read = rowOf(decode)
  const asked = server.ask("POST", `/api/v1/queries/${kind.type}/lines`, { request: encoded })
  return Stream.unwrap(
    Effect.map(asked, (answer) =>
      Stream.fromAsyncIterable(answer as AsyncIterable<Uint8Array>, cutOff).pipe(
        Stream.decodeText,
        Stream.splitLines,
        Stream.mapEffect(read),
        Stream.flatMap((some) => Stream.fromIterable(some))
      )
    )
  )
}

const bytesAt = (server: Server, path: string, query: Readonly<Record<string, string | undefined>>) => {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Stream.unwrap(
    Effect.map(server.ask("GET", `${path}?${new URLSearchParams(given)}`), (answer) =>
      Stream.fromAsyncIterable(answer as AsyncIterable<Uint8Array>, cutOff)
    )
  )
}

/** The bytes of one file. */
export const file = (server: Server, path: string, versionId: string | undefined) =>
  bytesAt(server, "/api/v1/files", { path, versionId })

export interface Dumped {
  readonly repository: string
  readonly snapshot: string
  readonly file: string
  readonly archive?: string
}

/** A file of a snapshot, or a folder of it as an archive. */
export const dump = (server: Server, { archive, file, repository, snapshot }: Dumped) =>
  bytesAt(server, "/api/v1/snapshots/files", { repository, snapshot, file, archive })
