/** Whether an upload in parts that was cut off goes on in another run, which knows of it only what is kept. */
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ByteSource } from "../contract/ByteSource.ts"
import type { Provider } from "../contract/Provider.ts"
import { PermissionDenied, type StorageError } from "../contract/StorageError.ts"
import { upload } from "../engine/Upload.ts"
import { at, contentOf, list, modifiedAt, pattern, pieces, reason, sha1 } from "./Check.ts"
import * as FaultyProvider from "./FaultyProvider.ts"

/** As a file of a disk is, which can be read twice. */
const digestible = (content: Uint8Array): ByteSource => ({
  ...pieces(content),
  digest: (partSize, algorithm) =>
    Effect.sync(() => {
      const of = (bytes: Uint8Array) => createHash(algorithm).update(bytes).digest("hex")
      const parts: Array<string> = []
      for (let start = 0; partSize !== undefined && start < content.length; start += partSize) {
        parts.push(of(content.subarray(start, start + partSize)))
      }
      return { algorithm, whole: of(content), parts }
    })
})

/**
 * Stores 40 MiB at the place that `opened` opens, in two runs of which the first is cut off after two parts of three, and
 * gives how many parts the second has sent. The file must be whole, and nothing else be there.
 */
export const partsOfSecondRun = Effect.fnUntraced(function* (
  opened: Effect.Effect<Provider, StorageError, Scope.Scope>,
  between: Effect.Effect<void> = Effect.void
): Effect.fn.Return<number, StorageError> {
  const content = pattern(40 * 1024 * 1024)
  const source = digestible(content)
  const options = { modifiedAt, partConcurrency: 1 }
  const refused = new PermissionDenied({ message: "not now" })
  const cutOff = Effect.gen(function* () {
    const faulty = FaultyProvider.make(yield* opened, [{ method: "uploadPart", nth: 3, kind: "fail", reason: refused }])
    assert.equal(yield* reason(upload(faulty, at("d/big"), source, options)), "PermissionDenied")
    assert.deepEqual(yield* list(faulty, ""), [])
  })
  yield* Effect.scoped(cutOff)
  yield* between
  const goingOn = Effect.gen(function* () {
    const counting = FaultyProvider.make(yield* opened, [])
    const file = yield* upload(counting, at("d/big"), source, options)
    assert.equal(file.size, content.length)
    assert.equal(sha1(yield* contentOf(counting.read(yield* counting.stat(at("d/big"))))), sha1(content))
    assert.deepEqual(yield* list(counting, ""), ["File d/big"])
    return counting.calls("uploadPart")
  })
  return yield* Effect.scoped(goingOn)
})
