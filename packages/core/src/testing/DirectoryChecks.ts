/** Checks of empty directories, for providers that have a place for them. */
import assert from "node:assert/strict"
import { orderKey } from "../contract/Entry.ts"
import { root } from "../contract/RemotePath.ts"
import { at, type Check, checkOf, entries, list, notApplicable, put, reason, textAt } from "./Check.ts"

export const directoryChecks: ReadonlyArray<Check> = [
  checkOf("makeDirectory", "keeps an empty directory, and makes it twice", function* (makeDirectory, provider) {
    yield* makeDirectory(at("d/empty"))
    yield* makeDirectory(at("d/empty"))
    assert.deepEqual(yield* list(provider, ""), ["Directory d/empty"])
    assert.deepEqual(yield* list(provider, "d", 1), ["Directory d/empty"])
    assert.deepEqual(yield* list(provider, "", 1), ["Directory d"])
    assert.deepEqual(yield* list(provider, "d/empty"), [])
    assert.equal(yield* reason(provider.stat(at("d/empty"))), "NotFound")
  }),
  checkOf(
    "makeDirectory",
    "lists an empty directory where its content would stand",
    function* (makeDirectory, provider) {
      for (const name of ["a-b", "a.txt", "a0"]) yield* put(provider, name, name)
      yield* makeDirectory(at("a"))
      const keys = (yield* entries(provider, "")).map(orderKey)
      const expected = ["a-b", "a.txt", "a/", "a0"]
      assert.deepEqual(provider.capabilities.listsInOrder ? keys : keys.sort(), expected)
    }
  ),
  checkOf(
    "makeDirectory",
    "reports a directory no longer as empty once a file is in it",
    function* (makeDirectory, provider) {
      yield* makeDirectory(at("d"))
      yield* put(provider, "d/a.txt", "hello")
      assert.deepEqual(yield* list(provider, ""), ["File d/a.txt"])
      assert.deepEqual(yield* list(provider, "d", 1), ["File d/a.txt"])
      assert.deepEqual(yield* list(provider, "", 1), ["Directory d"])
    }
  ),
  checkOf("makeDirectory", "takes its root for a directory that is there", function* (makeDirectory, provider) {
    yield* makeDirectory(root)
    assert.deepEqual(yield* list(provider, ""), [])
    assert.deepEqual(yield* list(provider, "", 1), [])
    yield* makeDirectory(at("d"))
    yield* makeDirectory(root)
    assert.deepEqual(yield* list(provider, ""), ["Directory d"])
    const { statDirectory } = provider
    if (statDirectory !== undefined) assert.equal((yield* statDirectory(at("d"))).path, "d")
  }),
  checkOf("removeDirectory", "removes an empty directory, twice", function* (removeDirectory, provider) {
    if (provider.makeDirectory === undefined) return yield* notApplicable("the storage has no makeDirectory")
    yield* provider.makeDirectory(at("empty"))
    yield* removeDirectory(at("empty"))
    yield* removeDirectory(at("empty"))
    assert.deepEqual(yield* list(provider, ""), [])
  }),
  checkOf("removeDirectory", "leaves a directory that is not empty", function* (removeDirectory, provider) {
    yield* put(provider, "d/a.txt", "hello")
    yield* put(provider, "e/f/b.txt", "hello")
    yield* removeDirectory(at("d"))
    yield* removeDirectory(at("e"))
    assert.equal(yield* textAt(provider, "d/a.txt"), "hello")
    assert.equal(yield* textAt(provider, "e/f/b.txt"), "hello")
  })
]
