import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { assert, it } from "vitest"
import { changes } from "../src/link/ConfigurationWatch.ts"

it("a configuration that is replaced as a whole is told of, and one whose folder is not there is no mistake", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-tui-"))
  try {
    const file = path.join(folder, "config.toml")
    const seen = Effect.runPromise(Stream.runCollect(Stream.take(changes(file), 1)))
    // Until it is looked at.
    const writing = setInterval(() => {
      fs.writeFileSync(`${file}.new`, "")
      fs.renameSync(`${file}.new`, file)
    }, 300)
    assert.strictEqual((await seen).length, 1)
    clearInterval(writing)
    await Effect.runPromise(
      Effect.raceFirst(Stream.runDrain(changes(path.join(folder, "none", "config.toml"))), Effect.sleep(50))
    )
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
})
