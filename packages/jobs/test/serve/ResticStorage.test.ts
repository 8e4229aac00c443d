/** What restic gets where the storage refuses, is changed by others, or is asked twice. No socket, no disk. */
import { createHash } from "node:crypto"
import * as os from "node:os"
import { assert, describe, it } from "@effect/vitest"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe as at } from "@ourclone/core/contract/RemotePath"
import { ChecksumMismatch, StorageError } from "@ourclone/core/contract/StorageError"
import { put } from "@ourclone/core/testing/Check"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as HttpDoor from "@ourclone/mount/http/HttpDoor"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ResticAnswer from "../../src/serve/ResticAnswer.ts"
import * as ServeRun from "../../src/serve/ServeRun.ts"

const content = "what restic has sent"
const id = createHash("sha256").update(content).digest("hex")
const url = `/data/${id}`
const path = at(`data/${id.slice(0, 2)}/${id}`)

const open = (provider: Provider, isAppendOnly = false) => {
  const onFault = ({ error }: { readonly error: unknown }) => assert.fail(String(error))
  const answer = ResticAnswer.make({ isAppendOnly, directory: os.tmpdir() })(provider)
  const door = HttpDoor.make(ServeRun.telling(answer, { context: Context.empty(), note: () => {}, onFault }), {
    access: undefined,
    onFault
  })
  return (method: string, target: string, body: string | null = null) =>
    Effect.promise(async () => {
      const response = await door.request(`http://localhost${target}`, { method, body, headers: { host: "localhost" } })
      return [response.status, await response.text()] as const
    })
}

/** `provider`, and how often files were sent to it. */
const counted = (provider: Provider) => {
  const sent: Array<string> = []
  const noting =
    (store: Provider["put"]): Provider["put"] =>
    (to, ...rest) => {
      sent.push(to)
      return store(to, ...rest)
    }
  const { putIfAbsent } = provider
  return {
    sent,
    provider: {
      ...provider,
      put: noting(provider.put),
      ...(putIfAbsent !== undefined && { putIfAbsent: noting(putIfAbsent) })
    }
  }
}

describe("a storage that is served to restic", () => {
  for (const isAppendOnly of [false, true])
    it.effect(`is sent no file a second time${isAppendOnly ? ", where it may only be added to" : ""}`, () =>
      Effect.gen(function* () {
        const { provider, sent } = counted(MemoryProvider.make({ keepsVersions: true }))
        const ask = open(provider, isAppendOnly)
        assert.deepStrictEqual(yield* ask("POST", url, content), [200, ""])
        assert.deepStrictEqual(yield* ask("POST", url, content), [200, ""])
        assert.deepStrictEqual(yield* ask("POST", "/config", content), [200, ""])
        assert.strictEqual((yield* ask("POST", "/config", content))[0], 403)
        assert.deepStrictEqual(sent, [path, "config"])
      })
    )

  it.effect("gets a whole file in place of one that was cut, but where it may only be added to", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      yield* put(memory, path, "what")
      assert.strictEqual((yield* open(memory, true)("POST", url, content))[0], 403)
      const ask = open(memory)
      assert.deepStrictEqual(yield* ask("POST", url, content), [200, ""])
      assert.deepStrictEqual(yield* ask("GET", url), [200, content])
    })
  )

  it.effect(
    "gets the right bytes in place of damaged ones of the same length, and is told where they have to stay",
    () =>
      Effect.gen(function* () {
        const memory = MemoryProvider.make()
        yield* put(memory, path, content.toUpperCase())
        const refused = yield* open(memory, true)("POST", url, content)
        assert.deepStrictEqual(refused, [403, "another content is there already, and stays as it is\n"])
        const ask = open(memory)
        assert.deepStrictEqual(yield* ask("POST", url, content), [200, ""])
        assert.deepStrictEqual(yield* ask("GET", url), [200, content])
      })
  )

  it.effect("gets a file anew that the storage itself finds damaged", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      yield* put(memory, path, content)
      const damage = new ChecksumMismatch({ message: "damaged", expected: "", actual: "" })
      const read = () => Stream.fail(new StorageError({ provider: "memory", operation: "read", reason: damage }))
      const { provider, sent } = counted({ ...memory, read })
      assert.deepStrictEqual(yield* open(provider)("POST", url, content), [200, ""])
      assert.deepStrictEqual(sent, [path])
    })
  )

  it.effect("is looked at again where a file that was listed is another version now", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make({ keepsVersions: true })
      const ask = open(memory)
      yield* put(memory, path, content)
      yield* ask("GET", "/data/")
      const [old] = yield* Stream.runCollect(memory.versions!.list(path))
      yield* put(memory, path, content)
      yield* memory.versions!.remove(old!)
      assert.deepStrictEqual(yield* ask("GET", url), [200, content])
      yield* memory.remove(path)
      for (const version of yield* Stream.runCollect(memory.versions!.list(path)))
        yield* memory.versions!.remove(version)
      assert.strictEqual((yield* ask("GET", url))[0], 404)
    })
  )

  it.effect("has no listing where a part could not be read: what is missing there, restic would take for lost", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      yield* put(memory, path, content)
      const skipped = { _tag: "Skipped", path: at("data/00"), because: "it can not be read", isFailure: true } as const
      const list: Provider["list"] = (...where) => Stream.concat(memory.list(...where), Stream.make(skipped))
      const ask = open({ ...memory, list })
      assert.strictEqual((yield* ask("GET", "/keys/"))[0], 403)
    })
  )
})
