import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import { Effect } from "effect"
import { expect, onTestFinished, test } from "vitest"
import * as FileWork from "../../src/side/FileWork.ts"

test("an upload that is to replace nothing does not replace a file that another one stored meanwhile", async () => {
  const folder = fs.mkdtempSync(path.join(tmpdir(), "ourclone-uploads-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const layer = Remotes.layer({ factories: [local], environment: { HOME: folder }, directory: folder })
  const file = path.join(folder, "file")
  const write = (body: AsyncIterable<Uint8Array>) =>
    FileWork.write({ _tag: "Write", path: file, size: 5, overwrite: false }, body).pipe(
      Effect.scoped,
      Effect.provide(layer),
      Effect.runPromise
    )
  async function* bytes(text: string) {
    yield Buffer.from(text)
  }
  /** Is read once it was looked whether the file is there. */
  async function* late() {
    expect(await write(bytes("first"))).toMatchObject({ isThere: false, bytes: 5 })
    yield* bytes("later")
  }
  expect(await write(late())).toEqual({ isThere: true })
  expect(fs.readFileSync(file, "utf8")).toBe("first")
})
