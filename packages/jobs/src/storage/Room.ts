/** How much can still be stored at a place, and how large one file may be there. */
import { largestFile } from "@ourclone/core/contract/LargeFile"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Beside, QueryKind } from "../kind/JobKind.ts"
import { open } from "../place/OpenPlace.ts"
import { folder } from "./StorageFields.ts"

export const Request = Schema.Struct({ path: folder.path.annotate({ description: "A folder" }) })
export type Request = typeof Request.Type

export const Row = Schema.Struct({
  /** In bytes; absent where the storage does not say. */
  freeSpace: Schema.optionalKey(Schema.Int),
  /** In bytes; absent where none is known. */
  largestFile: Schema.optionalKey(Schema.Int),
  /** In bytes, of a file that is stored by one request; absent where there is none. */
  largestRequest: Schema.optionalKey(Schema.Int),
  /** Absent where files are not stored in parts. */
  parts: Schema.optionalKey(Schema.Struct({ smallest: Schema.Int, largest: Schema.Int, most: Schema.Int })),
  keepsVersions: Schema.Boolean
})
export type Row = typeof Row.Type

const known = (bytes: number): number | undefined => (bytes >= Number.MAX_SAFE_INTEGER ? undefined : bytes)

/** An account takes no files itself; what holds in it holds in its first bucket, where one can be seen. */
const opened = Effect.fnUntraced(function* (path: string, tell: Beside["tell"]) {
  const provider = yield* open(path, tell)
  if (provider.buckets === undefined || provider.location !== "") return provider
  const found = yield* Effect.orElseSucceed(Stream.runCollect(Stream.take(provider.buckets.list, 1)), () => [])
  const [bucket] = found
  return bucket === undefined ? undefined : yield* open(`${path}${bucket.name}`, tell)
})

const row = Effect.fnUntraced(function* ({ path }: Request, { tell }: Beside) {
  const provider = yield* opened(path, tell)
  if (provider === undefined) return { keepsVersions: false } satisfies Row
  const { capabilities, freeSpace, largeFile } = provider
  const limits = capabilities.isLocal ? undefined : largeFile?.limits
  // One that can not say now is as one that does not say.
  const free = freeSpace === undefined ? undefined : yield* Effect.orElseSucceed(retrying(freeSpace), () => undefined)
  const largest = known(limits === undefined ? capabilities.maxPutSize : largestFile(limits))
  const atOnce = known(capabilities.maxPutSize)
  return {
    keepsVersions: capabilities.keepsVersions,
    ...(free === undefined ? {} : { freeSpace: Math.max(0, Math.floor(free)) }),
    ...(largest === undefined ? {} : { largestFile: largest }),
    ...(atOnce === undefined ? {} : { largestRequest: atOnce }),
    ...(limits === undefined
      ? {}
      : { parts: { smallest: limits.minPartSize, largest: limits.maxPartSize, most: limits.maxParts } })
  } satisfies Row
}, Effect.scoped)

export const kind: QueryKind<"room", Request, Row> = {
  type: "room",
  request: Request,
  row: Row,
  needs: () => [],
  run: (request, beside) => Stream.fromEffect(row(request, beside))
}
