/** `rcat` and `copyurl`: one file that comes as a stream. */
import { silent } from "@ourclone/core/events/Tell"
import type { Beside } from "@ourclone/jobs/kind/JobKind"
import * as Rcat from "@ourclone/jobs/transfer/Rcat"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { absolute } from "./AbsolutePlace.ts"
import * as Ending from "./Ending.ts"
import { given } from "./Given.ts"
import * as Output from "./Output.ts"
import { endProcess } from "./process/EndProcess.ts"
import { Streams } from "./Streams.ts"
import * as Timestamp from "./Timestamp.ts"
import * as TransferCommand from "./TransferCommand.ts"
import * as WebFile from "./WebFile.ts"

interface Flags extends Timestamp.Typed {
  readonly destination: string
  readonly bwlimit: string | undefined
  readonly createsBucket: boolean | undefined
  readonly progress: boolean
}

/** What the flags say, as a request says it. */
const asked = Effect.fnUntraced(function* ({ localtime, timestamp, ...rest }: Flags) {
  return { ...rest, modifiedAt: yield* Timestamp.read({ localtime, timestamp }) }
})

type Asked = Effect.Success<ReturnType<typeof asked>> & Pick<Rcat.Request, "size" | "noClobber">

const store = Effect.fnUntraced(function* (input: NonNullable<Beside["input"]>, flags: Asked) {
  Ending.endBy(endProcess)
  const output = yield* Output.make
  const { destination, progress, ...rest } = flags
  const request: Rcat.Request = { ...given(rest), destination: absolute(destination) }
  yield* TransferCommand.perform(Rcat.kind, request, output, "copy", { asksForProgress: progress, input })
})

const failed = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

export const rcat = Effect.fnUntraced(function* ({ size, ...flags }: Flags & { readonly size: number | undefined }) {
  const request = { ...(yield* asked(flags)), ...given({ size }) }
  yield* store(Stream.fromAsyncIterable<Uint8Array, Error>(process.stdin, failed), request)
}, Effect.scoped)

export const copyurl = Effect.fnUntraced(function* (
  flags: Flags & { readonly url: string; readonly autoFilename: boolean; readonly noClobber: boolean }
) {
  const { environment } = yield* Streams
  const { autoFilename, noClobber, url, ...typed } = flags
  const rest = { ...(yield* asked(typed)), noClobber }
  const folder = rest.destination.replace(/(?<=[^/:])\/$/, "")
  const inFolder = (name: string): string => `${folder}${/[/:]$/.test(folder) || folder === "" ? "" : "/"}${name}`
  const aimed = autoFilename ? inFolder("name") : rest.destination
  const demanded = given({ createsBucket: rest.createsBucket })
  yield* Rcat.demand({ ...demanded, noClobber: noClobber && !autoFilename, destination: absolute(aimed) }, silent)
  const { content, modifiedAt, name } = yield* WebFile.open(url, environment)
  const destination = autoFilename ? inFolder(yield* name) : rest.destination
  yield* store(content, { ...rest, destination, modifiedAt: rest.modifiedAt ?? modifiedAt })
}, Effect.scoped)
