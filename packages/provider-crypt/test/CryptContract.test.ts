import { describe, it } from "@effect/vitest"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as CryptProvider from "../src/CryptProvider.ts"
import type { CryptOptions } from "../src/settings/CryptOptions.ts"
import * as Keys from "../src/settings/Keys.ts"

const usual: CryptOptions = {
  remote: "beneath:",
  password: Redacted.make("a password"),
  filenameEncryption: "standard",
  directoryNameEncryption: true,
  filenameEncoding: "base32",
  suffix: ".bin"
}
const ways: ReadonlyArray<readonly [string, CryptOptions]> = [
  ["names encrypted", usual],
  ["names obfuscated, folders plain", { ...usual, filenameEncryption: "obfuscate", directoryNameEncryption: false }],
  ["names as they are", { ...usual, filenameEncryption: "off" }]
]

for (const [way, options] of ways) {
  describe(`CryptProvider, ${way}`, () => {
    for (const check of ProviderContract.checks) {
      it.live(check.name, ({ skip }) =>
        Effect.gen(function* () {
          const beneath = MemoryProvider.make({ keepsVersions: way === "names encrypted" })
          const provider = CryptProvider.make(beneath, "secret:", options, yield* Keys.make(options))
          yield* ProviderContract.runOrSkip(check, provider, skip)
        })
      )
    }
  })
}
