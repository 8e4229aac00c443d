/** A window with a B2 of its own, added by keys as the storage `photos`, with a bucket in it. */
import * as fs from "node:fs"
import * as path from "node:path"
import { type Emulator, type EmulatorOptions, startEmulator } from "@ourclone/b2-emulator/Emulator"
import { open, type Size, type Window } from "../Window.ts"

export interface Photos {
  readonly window: Window
  readonly emulator: Emulator
  readonly home: string
  /** A file of the user, with all folders around it. */
  readonly put: (name: string, text: string | Uint8Array) => void
  readonly close: () => Promise<void>
}

export const photos = async (
  size: Size,
  options: EmulatorOptions = {},
  given: Parameters<typeof open>[1] = {}
): Promise<Photos> => {
  const emulator = await startEmulator({ minimumPartSize: 100_000, recommendedPartSize: 100_000, ...options })
  const window = await open(size, given)
  const home = window.environment["HOME"]!
  const { keys, until } = window
  await keys("n", "Enter", "text:photos", "Enter", `text:${emulator.keyId}`, "Enter", `text:${emulator.key}`)
  await keys("Enter", `text:${emulator.endpoint}`, "C-s")
  await until("Added photos")
  await keys("g", "Enter", "n", "text:my-bucket", "C-s")
  await until("my-bucket/")
  return {
    window,
    emulator,
    home,
    put: (name, text) => {
      fs.mkdirSync(path.dirname(path.join(home, name)), { recursive: true })
      fs.writeFileSync(path.join(home, name), text)
    },
    close: async () => {
      window.close()
      await emulator.close()
    }
  }
}
