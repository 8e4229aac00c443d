/** `rcat` and `copyurl`: one file that comes as a stream. */
import { silent } from "@ourclone/core/events/Tell"
import type { Beside } from "@ourclone/jobs/kind/JobKind"
import * as Rcat from "@ourclone/jobs/transfer/Rcat"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { absolute } from "./AbsolutePlace.ts"
import * as Ending from "./Ending.ts"
import * as ExitCode from "./ExitCode.ts"
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

const toOutput = Effect.fnUntraced(function* (url: string) {
  const { environment } = yield* Streams
  const output = yield* Output.make
  const { content } = yield* WebFile.open(url, environment)
  const cutOff = ({ message }: Error) =>
    new ExitCode.CommandStopped({ code: ExitCode.failed, message: `the address gave not all of it: ${message}` })
  yield* Stream.runForEach(Stream.mapError(content, cutOff), (piece) => {
    output.raw(piece)
    return output.flush
  })
})

interface CopyUrlFlags extends Omit<Flags, "destination"> {
  readonly url: string
  readonly destination: string | undefined
  readonly autoFilename: boolean
  readonly noClobber: boolean
  readonly stdout: boolean
}

export const copyurl = Effect.fnUntraced(function* ({ destination: to, stdout, ...flags }: CopyUrlFlags) {
  const { environment } = yield* Streams
  const { autoFilename, noClobber, url, ...typed } = flags
  if (stdout || to === "-") return yield* toOutput(url)
  if (to === undefined) return yield* ExitCode.usage("say where to store it, or --stdout to write it here")
  const rest = { ...(yield* asked({ ...typed, destination: to })), noClobber }
  const folder = rest.destination.replace(/(?<=[^/:])\/$/, "")
  const inFolder = (name: string): string => `${folder}${/[/:]$/.test(folder) || folder === "" ? "" : "/"}${name}`
  const aimed = autoFilename ? inFolder("name") : rest.destination
  const demanded = given({ createsBucket: rest.createsBucket })
  yield* Rcat.demand({ ...demanded, noClobber: noClobber && !autoFilename, destination: absolute(aimed) }, silent)
  const { content, modifiedAt, name } = yield* WebFile.open(url, environment)
  const destination = autoFilename ? inFolder(yield* name) : rest.destination
  yield* store(content, { ...rest, destination, modifiedAt: rest.modifiedAt ?? modifiedAt })
}, Effect.scoped)
