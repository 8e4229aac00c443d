/** `rm` and `mkdir`. */
import * as MakeDirectory from "@ourclone/jobs/storage/MakeDirectory"
import * as Remove from "@ourclone/jobs/storage/Remove"
import * as Effect from "effect/Effect"
import { absolute } from "./AbsolutePlace.ts"
import * as ExitCode from "./ExitCode.ts"
import type { FilterInput } from "./FilterFlags.ts"
import { filterRequest } from "./FilterRequest.ts"
import * as JobRun from "./JobRun.ts"
import * as Output from "./Output.ts"
import * as TransferCommand from "./TransferCommand.ts"
import * as TransferText from "./TransferText.ts"

export const rm = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly recursive: boolean
  readonly dryRun: boolean
  readonly filters: FilterInput
}) {
  const output = yield* Output.make
  const { recursive } = flags
  const request = { path: absolute(flags.path), recursive, ...(yield* filterRequest(flags.filters)) }
  if (flags.dryRun) {
    return yield* Effect.asVoid(TransferCommand.preview(Remove.kind, request, output, "remove"))
  }
  const options = { isPreview: false, asksForProgress: false, inWords: TransferText.ofFact }
  const { isShown, summary, view } = yield* JobRun.run(Remove.kind, request, output, options)
  const isSummed = recursive && (isShown || output.isVerbose) && !output.isJson
  TransferCommand.conclude(output, view, summary, "remove", isSummed)
  if (summary.failed > 0) return yield* new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" })
}, Effect.scoped)

export const mkdir = Effect.fnUntraced(function* (flags: { readonly path: string }) {
  const output = yield* Output.make
  const options = { isPreview: false, asksForProgress: "never", inWords: TransferText.ofFact } as const
  yield* JobRun.run(MakeDirectory.kind, { path: absolute(flags.path) }, output, options)
}, Effect.scoped)
