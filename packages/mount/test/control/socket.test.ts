import * as fs from "node:fs"
import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import { expect, onTestFinished, test } from "vitest"
import * as ControlSocket from "../../src/control/ControlSocket.ts"
import type { Answer } from "../../src/control/Wishes.ts"

test("whoever asks how a mount stands does not wait for one that says nothing", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-control-"))
  const file = path.join(folder, "socket")
  const server = net.createServer(() => {})
  onTestFinished(() => {
    server.close()
    fs.rmSync(folder, { recursive: true })
  })
  await new Promise<void>((resolve) => server.listen(file, resolve))
  expect(await ControlSocket.ask(file, { _tag: "Status" }, 20)).toBeUndefined()
})

test("who asked before the end of a mount is answered, however soon the mount ends", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-control-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true }))
  const file = path.join(folder, "socket")
  const asked = Promise.withResolvers<void>()
  const drained = Promise.withResolvers<Answer>()
  const close = await ControlSocket.listen(file, () => {
    asked.resolve()
    return drained.promise
  })
  const answer = ControlSocket.ask(file, { _tag: "Unmount", timeoutMillis: 1, detach: false })
  await asked.promise
  const closed = close()
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  const said: Answer = { _tag: "Drained", drained: { unsent: [] } }
  drained.resolve(said)
  expect(await answer).toEqual(said)
  await closed
})
