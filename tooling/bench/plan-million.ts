/** Plans a sync of 1,000,000 files between two providers that make their listings up as they go, and prints what it took. */
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as Plan from "@ourclone/core/engine/Plan"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

const files = 1_000_000
const perPage = 1000

const page = (first: number): ReadonlyArray<File> =>
  Array.from({ length: perPage }, (_, index) => ({
    _tag: "File",
    path: makeUnsafe(`folder-${String(Math.floor((first + index) / 100)).padStart(7, "0")}/file-${first + index}.bin`),
    size: 4096,
    modifiedAt: 1_700_000_000_000 + first + index,
    checksums: {}
  }))

const listed = (): Provider => ({
  ...MemoryProvider.make(),
  list: () =>
    Stream.paginate(0, (first) =>
      Effect.sync(() => {
        const next = first + perPage
        return [page(files + first), next < files ? Option.some(next) : Option.none()] as const
      })
    )
})

const startedAt = performance.now()
const plan = Plan.make(listed(), listed(), { comparison: { by: "time" }, removesExtra: true })
await Effect.runPromise(Stream.runDrain(plan.actions))
const seconds = (performance.now() - startedAt) / 1000
const { maxRSS, systemCPUTime, userCPUTime } = process.resourceUsage()
if (plan.totals.same !== files) throw new Error(`planned ${plan.totals.same} of ${files} files`)
console.log(
  `${seconds.toFixed(2)} s, ${((userCPUTime + systemCPUTime) / 1e6).toFixed(2)} s of CPU, peak ${Math.round(maxRSS / 1024)} MiB`
)
