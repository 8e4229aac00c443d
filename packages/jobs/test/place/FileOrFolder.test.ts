import * as fs from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Copy from "../../src/transfer/Copy.ts"
import { makeWorld } from "../JobWorld.ts"

/** The local provider as others may be, and a note of each folder that is listed. */
const watched = (listed: Array<string>, knowsDirectories: boolean): ProviderFactory => ({
  ...local,
  connect: (values, name) =>
    Effect.map(local.connect(values, name), (account) => ({
      ...account,
      open: (at, given) =>
        Effect.map(
          account.open(at, given),
          ({ statDirectory, ...provider }): Provider => ({
            ...provider,
            ...(knowsDirectories ? { statDirectory } : {}),
            list: (directory, options) => {
              listed.push(at.location)
              return provider.list(directory, options)
            }
          })
        )
    }))
})

describe.each([true, false])(
  "a source that lists nothing, where the storage knows directories by name: %s",
  (knows) => {
    it.live("is an empty folder or is missing", () =>
      Effect.gen(function* () {
        const listed: Array<string> = []
        const world = makeWorld([watched(listed, knows)])
        fs.mkdirSync(world.at("from"))
        const destination = world.at("to")
        expect(yield* world.run(Copy.kind, { source: world.at("from"), destination })).toMatchObject({ stored: 0 })
        const missing = yield* Effect.flip(world.run(Copy.kind, { source: world.at("none"), destination }))
        expect(missing).toMatchObject({ _tag: "StorageError", reason: { _tag: "NotFound" } })
        // A folder above may hold a million others.
        expect(listed.includes(world.folder)).toBe(!knows)
      })
    )
  }
)
