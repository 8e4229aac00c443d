import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as Guard from "@ourclone/core/engine/Guard"
import * as Effect from "effect/Effect"
import * as LocalProvider from "../src/LocalProvider.ts"
import { at, modifiedAt, source, withFolder } from "./TemporaryFolder.ts"

describe("a local provider", () => {
  it.live("knows two names of one folder to be one, also where the folder is not there yet", () =>
    withFolder((root) =>
      Effect.gen(function* () {
        fs.mkdirSync(`${root}/real`)
        fs.symlinkSync("real", `${root}/link`)
        const real = yield* LocalProvider.make({ root: `${root}/real/not/yet` })
        const link = yield* LocalProvider.make({ root: `${root}/link/not/yet/` })
        const other = yield* LocalProvider.make({ root: `${root}/other` })
        const top = yield* LocalProvider.make({ root: "/" })
        assert.strictEqual(link.location, real.location)
        assert.strictEqual(Guard.overlap(real, link)?.guard, "overlap")
        assert.strictEqual(Guard.overlap(top, other)?.guard, "overlap")
        assert.isUndefined(Guard.overlap(real, other))
        assert.isFalse(fs.existsSync(`${root}/real/not`))
      })
    )
  )

  it.live("is opened from the options of a remote", () =>
    withFolder((root) =>
      Effect.gen(function* () {
        fs.symlinkSync("x", `${root}/link`)
        const opened = ProviderFactory.open(LocalProvider.factory, { links: true }, { name: "home:", location: root })
        const provider = yield* Effect.scoped(opened)
        assert.strictEqual(provider.name, `home:${root}`)
        assert.strictEqual((yield* provider.stat(at("link.rclonelink"))).size, 1)
      })
    )
  )

  it.live("is relative to the current directory", () =>
    withFolder((root) =>
      Effect.gen(function* () {
        const before = process.cwd()
        process.chdir(root)
        const provider = yield* LocalProvider.make({ root: "." })
        yield* provider.put(at("a"), source("x"), { modifiedAt })
        process.chdir(before)
        assert.isTrue(fs.existsSync(`${root}/a`))
        assert.strictEqual((yield* provider.stat(at("a"))).size, 1)
      })
    )
  )
})
