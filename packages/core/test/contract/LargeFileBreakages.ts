/** Small breakages of how a good provider stores files in parts, each with the check that must fail. */
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { DatedFile } from "@ourclone/core/contract/Entry"
import type { LargeFile } from "@ourclone/core/contract/LargeFile"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Stream } from "effect"
import { at, modifiedAt } from "../../src/testing/Check.ts"

export type Breakage = (good: Provider) => Partial<Provider>

const large =
  (change: (good: LargeFile) => Partial<LargeFile>): Breakage =>
  (good) => ({
    largeFile: { ...good.largeFile!, ...change(good.largeFile!) }
  })

export const largeFileBreakages: Record<string, readonly [Breakage, check: string]> = {
  "joins parts over a gap": [
    large((good) => ({
      finish: (file, parts, options) => {
        const [first, last] = parts
        if (first === undefined || last?.number !== 3) return good.finish(file, parts, options)
        const moved = good.uploadPart(file, 2, ByteSource.fromBytes(new Uint8Array(last.size)), { offset: 0 })
        return Effect.flatMap(moved, (second) => good.finish(file, [first, second], options))
      }
    })),
    "refuses to finish with a gap between the parts"
  ],
  "joins parts as they arrived": [
    large((good) => ({
      uploadPart: (file, number, source, options) =>
        Effect.map(good.uploadPart(file, 3 - number, source, options), (part) => ({ ...part, number }))
    })),
    "joins parts by number, whatever order they arrive in"
  ],
  "forgets modifiedAt of large files": [
    large((good) => ({ start: (path, options) => good.start(path, { ...options, modifiedAt: 0 }) })),
    "joins parts by number, whatever order they arrive in"
  ],
  "shows a large file at once": [
    (good) => ({
      largeFile: {
        ...good.largeFile!,
        start: (path, options) =>
          Effect.andThen(
            good.put(path, ByteSource.fromBytes(new Uint8Array()), options),
            good.largeFile!.start(path, options)
          )
      }
    }),
    "shows nothing of a large file until it is finished"
  ],
  "finishes once": [
    (good) => ({
      largeFile: {
        ...good.largeFile!,
        finish: (file, parts) =>
          Effect.tap(good.largeFile!.finish(file, parts), () =>
            good.put(file.path, ByteSource.fromBytes(new Uint8Array(9)), { modifiedAt })
          )
      }
    }),
    "replaces a file, and finishes twice with the same result"
  ],
  "forgets what it was told of a large file": [
    large((good) => ({
      unfinished: (path) => Stream.map(good.unfinished(path), ({ id, path, startedAt }) => ({ id, path, startedAt }))
    })),
    "goes on with what an earlier run left"
  ],
  "finds all unfinished large files anywhere": [
    large((good) => ({ unfinished: () => good.unfinished(at("")) })),
    "lists unfinished large files at a path and below it"
  ],
  "finds unfinished large files that begin alike": [
    large((good) => ({
      unfinished: (path) => Stream.filter(good.unfinished(at("")), (file) => file.path.startsWith(path))
    })),
    "lists unfinished large files at a path and below it"
  ],
  "never cancels": [
    large(() => ({ cancel: () => Effect.void })),
    "forgets a large file that was cancelled, and cancels it twice"
  ],
  "keeps the first of two parts": [
    large((good) => ({
      uploadPart: (file, number, source, options) =>
        Effect.flatMap(Stream.runCollect(good.parts(file)), (parts) => {
          const part = parts.find((other) => other.number === number)
          return part ? Effect.succeed(part) : good.uploadPart(file, number, source, options)
        })
    })),
    "replaces a part that is sent again"
  ],
  "lists parts backwards": [
    large((good) => ({
      parts: (file) =>
        Stream.fromIterableEffect(Effect.map(Stream.runCollect(good.parts(file)), (parts) => parts.reverse()))
    })),
    "lists parts in order of number, with their digests when it says so"
  ],
  "finishes with what it has": [
    large((good) => ({
      finish: (file, parts) =>
        Effect.catch(good.finish(file, parts), () =>
          Effect.succeed<DatedFile>({ _tag: "File", path: file.path, size: 0, modifiedAt, checksums: {} })
        )
    })),
    "refuses to finish while a part is missing, and can go on"
  ],
  "says it refuses small parts, and does not": [
    (good) => ({
      largeFile: {
        ...MemoryProvider.make({
          account: (good as ReturnType<typeof MemoryProvider.make>).memory,
          limits: { minPartSize: 1 }
        }).largeFile!,
        limits: good.largeFile!.limits
      }
    }),
    "refuses to finish with a part that is too small"
  ],
  "does not verify parts": [
    large((good) => ({
      uploadPart: (file, number, source, { offset }) => good.uploadPart(file, number, source, { offset })
    })),
    "keeps no part whose bytes are not those that were announced"
  ],
  "believes what was noted of a large file": [
    large((good) => ({
      finish: (file, parts, options) =>
        Effect.map(good.finish(file, parts, options), (stored) => ({ ...stored, checksums: { sha1: file.sha1! } }))
    })),
    "says of no large file a wrong SHA-1 that was only noted for it"
  ],
  "recommends parts it refuses": [
    large((good) => ({ limits: { ...good.limits, recommendedPartSize: 1 } })),
    "has limits that allow a large file"
  ],
  "copies a part from the start": [
    large((good) => ({
      copyPart: (file, number, from, { length }) => good.copyPart!(file, number, from, { offset: 0, length })
    })),
    "makes a part of bytes that the service already has"
  ]
}
