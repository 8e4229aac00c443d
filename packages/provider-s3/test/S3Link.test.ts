/** Addresses of files, as whoever is given one uses them. */
import { describe, expect, it } from "@effect/vitest"
import { makeUnsafe as at } from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { put } from "@ourclone/core/testing/Check"
import { Effect, Redacted } from "effect"
import { emulate, type Given, openAt } from "./emulated.ts"

const opened = Effect.fnUntraced(function* (options: Given = {}, location = "photo-archive/2024") {
  const emulator = yield* emulate()
  const account = yield* openAt(emulator, "")
  yield* account.buckets?.create("photo-archive") ?? Effect.void
  const provider = yield* openAt(emulator, location, options)
  return { emulator, provider }
})

const get = (url: string) =>
  Effect.promise(async () => fetch(url).then(async (answer) => [answer.status, await answer.text()]))

describe("a link of S3", () => {
  for (const name of ["a.txt", "a b/ü+&%41'()*!.txt", "~"])
    it.live(`leads to the file at the endpoint of the remote, and to no other: ${name}`, () =>
      Effect.gen(function* () {
        const { emulator, provider } = yield* opened()
        yield* put(provider, name, "shared")
        yield* put(provider, "other", "not shared")
        const url = yield* provider.link!(at(name), 60_000)
        expect(url.startsWith(`${emulator.endpoint}/photo-archive/2024/`)).toBe(true)
        expect(yield* get(url)).toEqual([200, "shared"])
        const [path = "", query] = url.split("?")
        expect((yield* get(`${path.replace(/2024\/.*/, "2024/other")}?${query}`))[0]).toBe(403)
        expect((yield* get(url.replace("X-Amz-Expires=60", "X-Amz-Expires=600")))[0]).toBe(403)
        expect((yield* get(path))[0]).toBe(403)
      })
    )

  it.live.each(["a/../b", "./a", "a/.", "../other"])("is refused where clients would ask for another path: %s", (key) =>
    Effect.gen(function* () {
      const { provider } = yield* opened()
      const path = at(Spelling.segments.toPath(key))
      expect((yield* Effect.flip(provider.link!(path, 60_000))).message).toContain('"." or ".."')
    })
  )

  it.live("is refused where there is no such file, for too long, and with a key that may go to nobody", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* opened()
      yield* put(provider, "a", "a")
      expect((yield* Effect.flip(provider.link!(at("nothing"), 60_000))).reason._tag).toBe("NotFound")
      expect((yield* Effect.flip(provider.link!(at("a"), 8 * 86_400_000))).message).toContain("7 days")
      const customerKey = Redacted.make(Buffer.alloc(32, 7).toString("base64"))
      const encrypting = yield* openAt(emulator, "photo-archive/2024", { customerKey })
      expect((yield* Effect.flip(encrypting.link!(at("a"), 60_000))).message).toContain("a key of yours")
    })
  )
})
