import * as path from "node:path"
import { it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import { wrap } from "@ourclone/core/layers/ProviderCalls"
import { inTurn } from "@ourclone/core/layers/RunPace"
import * as Spans from "@ourclone/core/testing/Spans"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { expect } from "vitest"
import { rootIno } from "../../src/contract/FileSystem.ts"
import * as ServedMount from "../../src/ServedMount.ts"
import { make, owner, value } from "./Bed.ts"

it.live("what programs do in a mount, and what it sends later, are spans of the run that mounts", () =>
  Effect.gen(function* () {
    const bed = make()
    yield* bed.storage.put(makeUnsafe("small"), fromBytes(Buffer.from("hello")), { modifiedAt: 1000 })
    yield* bed.storage.put(makeUnsafe("large"), fromBytes(Buffer.alloc(5_000_000)), { modifiedAt: 1000 })
    const provider = wrap(bed.storage, {
      effect: (work, call) => inTurn(work, () => ({ ...call })),
      stream: (work, call) => Stream.unwrap(inTurn(Effect.succeed(work), () => ({ ...call })))
    })
    const { named, tracer } = Spans.make()
    const directory = path.join(bed.scratch, "cache")
    const opened = ServedMount.openMount({ provider, directory, owner, host: "here", uploadDelay: 0 })
    const { drain, fileSystem } = yield* Effect.provideService(Effect.withSpan(opened, "job"), Tracer.Tracer, tracer)
    const read = async (name: string) => {
      const { ino } = value(await fileSystem.lookup(rootIno, name))
      const { handle } = value(await fileSystem.open(ino, { reads: true, writes: false }))
      return value(await fileSystem.read(handle, 0, Buffer.alloc(5)))
    }
    const during = Effect.fnUntraced(function* (work: () => Promise<unknown>) {
      const before = named("request").length
      yield* Effect.promise(work)
      const spans = named("request").slice(before)
      expect(new Set(spans.map(({ within }) => within))).toEqual(new Set(["job"]))
      return spans.map(({ attributes }) => attributes.get("method"))
    })
    expect(yield* during(() => read("small"))).toEqual(["list", "readAll"])
    expect(yield* during(() => read("large"))).toContain("read")
    const made = yield* during(async () => {
      value(await fileSystem.makeDirectory(rootIno, "new", 0o755, owner))
      const { handle } = value(
        await fileSystem.create(rootIno, "written", 0o644, owner, { reads: false, writes: true })
      )
      value(await fileSystem.write(handle, 0, Buffer.from("text")))
      value(await fileSystem.flush(handle))
      fileSystem.release(handle)
      await drain(10_000)
    })
    expect(made).toContain("putIfAbsent")
  }).pipe(Effect.scoped)
)
