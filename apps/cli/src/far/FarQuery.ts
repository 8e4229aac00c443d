/** Rows and bytes as a service gives them. */
import { failed, type Service, ServiceFailed } from "@ourclone/client/Service"
import * as Streamed from "@ourclone/client/Streamed"
import type { Failure } from "@ourclone/core/events/Failure"
import type { QueryKind } from "@ourclone/jobs/kind/JobKind"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

type Line =
  | { readonly _tag: "Row"; readonly row: unknown }
  | { readonly _tag: "End" }
  | { readonly _tag: "Failed"; readonly failure: Failure }

export const rows = <Request, Row>(
  service: Service,
  kind: QueryKind<string, Request, Row>,
  request: Request
): Stream.Stream<Row, ServiceFailed> => {
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(kind.row))
  const encoded = Schema.encodeSync(Schema.toCodecJson(kind.request))(request)
  const read = (value: unknown): Effect.Effect<ReadonlyArray<Row>, ServiceFailed> => {
    const line = value as Line
    if (line._tag === "Failed") return Effect.fail(new ServiceFailed({ failure: line.failure }))
    if (line._tag !== "Row") return Effect.succeed([])
    return Effect.mapBoth(decode(line.row), {
      onSuccess: (row) => [row],
      onFailure: ({ message }) => failed("CutOff", `the service answered what is not understood: ${message}`)
    })
  }
  const asked = service.ask("POST", `/api/v1/queries/${kind.type}/lines`, { body: { request: encoded } })
  return Stream.unwrap(Effect.map(asked, Streamed.values)).pipe(
    Stream.mapEffect(read),
    Stream.flatMap((some) => Stream.fromIterable(some))
  )
}

const bytesAt = (service: Service, path: string, query: Readonly<Record<string, string | undefined>>) => {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Stream.unwrap(Effect.map(service.ask("GET", `${path}?${new URLSearchParams(given)}`), Streamed.bytes))
}

/** The bytes of one file. */
export const file = (service: Service, path: string, versionId: string | undefined) =>
  bytesAt(service, "/api/v1/files", { path, versionId })

export interface Dumped {
  readonly repository: string
  readonly snapshot: string
  readonly file: string
  readonly archive?: string
}

/** A file of a snapshot, or a folder of it as an archive. */
export const dump = (service: Service, { archive, file, repository, snapshot }: Dumped) =>
  bytesAt(service, "/api/v1/snapshots/files", { repository, snapshot, file, archive })
