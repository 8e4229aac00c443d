import * as fs from "node:fs"
import { describe, it } from "@effect/vitest"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import * as Effect from "effect/Effect"
import * as LocalProvider from "../src/LocalProvider.ts"
import { withFolder } from "./TemporaryFolder.ts"

describe("LocalProvider", () => {
  for (const check of ProviderContract.checks) {
    it.live(check.name, ({ skip }) =>
      withFolder((root) =>
        Effect.flatMap(LocalProvider.make({ root: `${root}/not yet there` }), (provider) =>
          ProviderContract.runOrSkip(check, provider, skip)
        )
      )
    )
  }

  for (const check of ProviderContract.checks) {
    it.live(`through a linked folder, with links: ${check.name}`, ({ skip }) =>
      withFolder((root) => {
        fs.mkdirSync(`${root}/real`)
        fs.symlinkSync("real", `${root}/linked`)
        return Effect.flatMap(LocalProvider.make({ root: `${root}/linked`, links: true }), (provider) =>
          ProviderContract.runOrSkip(check, provider, skip)
        )
      })
    )
  }
})
