import { render } from "ink-testing-library"
import { createElement } from "react"
import { assert, describe, it } from "vitest"
import { Frame, Guard } from "../src/frame/Frame.ts"
import { typed } from "../src/linear/LinearMain.ts"
import { rig } from "./Rig.ts"

const size = { columns: 80, rows: 24 }

describe("the frame", () => {
  it("draws what the program shows, and hands keys to it", async () => {
    const { app, close } = await rig()
    let heard = (): void => {}
    const frame = createElement(Frame, { app, hasColors: false, size, onKeys: () => heard() })
    const { lastFrame, stdin, unmount } = render(frame)
    const write = async (keys: string): Promise<string> => {
      const taken = new Promise<void>((resolve) => {
        heard = resolve
      })
      stdin.write(keys)
      await taken
      await app.whenIdle()
      // What was told in this turn is drawn in the next one.
      await new Promise((resolve) => void setImmediate(resolve))
      return lastFrame() ?? ""
    }
    assert.include(lastFrame(), "+ Add Storage")
    assert.include(await write("n"), "Storage › Add Storage")
    assert.include(await write("?"), "Keys of Add Storage")
    unmount()
    await close()
  })

  it("tells of a mistake in a screen rather than printing it", () => {
    const told: Array<unknown> = []
    const Broken = (): never => {
      throw new Error("broken screen")
    }
    const guard = createElement(Guard, { onError: (error: unknown) => told.push(error) }, createElement(Broken))
    const { lastFrame, unmount } = render(guard)
    assert.strictEqual((told[0] as Error).message, "broken screen")
    assert.notInclude(lastFrame() ?? "", "broken screen")
    unmount()
  })
})

it("a password that is typed without being shown can be corrected", () => {
  assert.strictEqual(typed("secrez\u007ft"), "secret")
  assert.strictEqual(typed("\u007fa"), "a")
})
