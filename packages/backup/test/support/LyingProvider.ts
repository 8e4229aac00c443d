/** Storage that says it stored a file, and did something else. */
import type { MemoryAccount } from "@ourclone/core/testing/MemoryAccount"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Effect from "effect/Effect"
import * as Repository from "../../src/repository/Repository.ts"
import { password } from "./TestRepository.ts"

type Spoil = (account: MemoryAccount, path: string) => void

export const flipped: Spoil = (account, path) => {
  const { bytes, file } = account.files.get(path)!
  const wrong = Uint8Array.from(bytes)
  wrong[wrong.length >> 1]! ^= 1
  account.files.set(path, { file, bytes: wrong })
}

/** What may become of a file, as the end of "while a new file …". */
export const spoils: ReadonlyArray<readonly [string, Spoil]> = [
  ["is not there", (account, path) => void account.files.delete(path)],
  [
    "is shorter than it was sent",
    (account, path) => {
      const { bytes, file } = account.files.get(path)!
      account.files.set(path, { file: { ...file, size: file.size - 1 }, bytes: bytes.subarray(0, -1) })
    }
  ],
  ["has another byte", flipped]
]

/** The repository of the account, where whatever is put into `folder` is spoiled. */
export const open = (account: MemoryAccount, folder: string, spoil: Spoil) => {
  const provider = MemoryProvider.make({ account })
  const lying: typeof provider = {
    ...provider,
    put: (path, source, given) =>
      Effect.tap(provider.put(path, source, given), () =>
        Effect.sync(() => {
          if (path.startsWith(folder)) spoil(account, path)
        })
      )
  }
  return Repository.open(lying, { password })
}
