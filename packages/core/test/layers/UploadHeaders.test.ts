import type { PutOptions } from "@ourclone/core/contract/Provider"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as UploadHeaders from "@ourclone/core/layers/UploadHeaders"
import { put } from "@ourclone/core/testing/Check"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Stream } from "effect"
import { expect, it } from "vitest"

const headers = { "cache-control": "no-store" }
const file = { modifiedAt: 1, size: 5000, partSize: 2000 }

it("whatever is stored gets the headers, and a large file that an earlier run began is not gone on with", async () => {
  const told: Array<PutOptions["contentHeaders"]> = []
  const provider = MemoryProvider.make()
  const { largeFile } = provider
  if (largeFile === undefined) throw new Error("no large files")
  const headed = UploadHeaders.make(
    {
      ...provider,
      put: (path, source, options) => {
        told.push(options.contentHeaders)
        return provider.put(path, source, options)
      },
      largeFile: {
        ...largeFile,
        start: (path, options) => {
          told.push(options.contentHeaders)
          return largeFile.start(path, options)
        }
      }
    },
    headers
  )
  const path = makeUnsafe("large")
  const unfinished = await Effect.runPromise(
    Effect.gen(function* () {
      yield* largeFile.start(path, file)
      yield* put(headed, "small", "bytes")
      yield* headed.largeFile!.start(path, file)
      return [
        yield* Stream.runCollect(largeFile.unfinished(path)),
        yield* Stream.runCollect(headed.largeFile!.unfinished(path))
      ]
    })
  )
  expect(told).toEqual([headers, headers])
  expect([provider.copy === undefined, headed.copy]).toEqual([false, undefined])
  expect(unfinished.map(({ length }) => length)).toEqual([2, 0])
})
