import type { Key } from "ink"
import { assert, it } from "vitest"
import { keyNames } from "../src/terminal/KeyNames.ts"

it("keys that arrive together, as over a slow line, are all heard, those with Ctrl too", () => {
  assert.deepStrictEqual(keyNames("a b\r\t\u0013", {} as Key), ["a", "space", "b", "enter", "tab", "ctrl-s"])
  assert.deepStrictEqual(keyNames("\u001b[200", {} as Key), [])
})
