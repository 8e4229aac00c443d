import * as fs from "node:fs"
import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import { expect, onTestFinished, test } from "vitest"
import * as ControlSocket from "../../src/control/ControlSocket.ts"

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
