/** A storage that takes files in parts of three bytes, and what tests of uploads to it have in common. */
import { createHash } from "node:crypto"
import type { ByteSource } from "@ourclone/core/contract/ByteSource"
import * as ByteSources from "@ourclone/core/contract/ByteSource"
import type { LargeFile } from "@ourclone/core/contract/LargeFile"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import { NotFound, StorageError } from "@ourclone/core/contract/StorageError"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Stream } from "effect"

export const sha1 = (text: string) => createHash("sha1").update(text).digest("hex")

export const sourceOf = (text: string): ByteSource => ({
  ...ByteSources.fromBytes(new TextEncoder().encode(text)),
  digest: (partSize = text.length) =>
    Effect.sync(() => ({
      algorithm: "sha1" as const,
      whole: sha1(text),
      parts: Array.from({ length: Math.ceil(text.length / partSize) }, (_, index) =>
        sha1(text.slice(index * partSize, (index + 1) * partSize))
      )
    }))
})

/** A provider that takes parts of three bytes and notes which it was sent. */
export const open = ({ partsTell = true, recommendedPartSize = 3 } = {}) => {
  const memory = MemoryProvider.make({
    limits: {
      cutoff: 4,
      minPartSize: 1,
      maxPartSize: 100,
      maxParts: 10,
      recommendedPartSize,
      partChecksum: partsTell ? "sha1" : undefined
    }
  })
  const sent: Array<number> = []
  const refused = new Set<number>()
  const inner = memory.largeFile!
  const largeFile: LargeFile = {
    ...inner,
    uploadPart: (file, number, source, options) => {
      if (refused.has(number)) {
        const reason = new NotFound({ message: "refused" })
        return Effect.fail(new StorageError({ provider: "memory", operation: "uploadPart", reason }))
      }
      return Effect.tap(inner.uploadPart(file, number, source, options), () => Effect.sync(() => sent.push(number)))
    }
  }
  const provider: Provider = { ...memory, largeFile }
  return { provider, sent, refused }
}

export const path = makeUnsafe("big")
export const options = { modifiedAt: 1000, partConcurrency: 1 }
export const stored = (provider: Provider) =>
  Effect.flatMap(provider.stat(path), (file) => Stream.mkString(Stream.decodeText(provider.read(file))))
export const unfinished = (provider: Provider) => Stream.runCollect(provider.largeFile!.unfinished(root))
