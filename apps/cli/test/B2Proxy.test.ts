import * as net from "node:net"
import type { Emulator } from "@ourclone/b2-emulator/Emulator"
import { expect, onTestFinished, test } from "vitest"
import { withB2 } from "./B2Cli.ts"
import { makeCli } from "./Cli.ts"

/** A proxy that makes connections by `CONNECT`. */
const startProxy = async () => {
  const targets: Array<string> = []
  const sockets: Array<net.Socket> = []
  const server = net.createServer((client) => {
    sockets.push(client)
    client.on("error", () => {})
    client.once("data", (head) => {
      const [, host = "", port] = /^CONNECT ([^:]+):(\d+) /.exec(head.toString("latin1")) ?? []
      targets.push(`${host}:${port}`)
      const there = net.connect(Number(port), host, () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n")
        there.pipe(client)
        client.pipe(there)
      })
      there.on("error", () => client.destroy())
      sockets.push(there)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { targets, address: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}` }
}

const cliOf = ({ endpoint, key, keyId }: Emulator, variables: { readonly [name: string]: string }) =>
  makeCli({
    environment: { B2_APPLICATION_KEY_ID: keyId, B2_APPLICATION_KEY: key, B2_ENDPOINT: endpoint, ...variables }
  })

test.each(["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"])(
  "the proxy that %s names is used, except for hosts in NO_PROXY",
  async (variable) => {
    const { emulator } = await withB2()
    const proxy = await startProxy()
    const cli = cliOf(emulator, { [variable]: proxy.address })
    cli.write("from/a.txt", "hello")
    expect((await cli.run("copy", "@/from", "b2:some-bucket")).code).toBe(0)
    expect(new Set(proxy.targets)).toEqual(new Set([new URL(emulator.endpoint).host]))
    proxy.targets.length = 0
    const passedBy = cliOf(emulator, { [variable]: proxy.address, NO_PROXY: "127.0.0.1" })
    expect((await passedBy.run("cat", "b2:some-bucket/a.txt")).out).toBe("hello")
    expect(proxy.targets).toEqual([])
  }
)

test("an address of a proxy that is none is refused by the name of its variable, without its password", async () => {
  const { emulator } = await withB2()
  const cli = cliOf(emulator, { HTTPS_PROXY: "socks5://me:secret@127.0.0.1:1" })
  const { code, error } = await cli.run("ls", "b2:some-bucket")
  expect(code).not.toBe(0)
  expect(error).toContain("HTTPS_PROXY")
  expect(error).toContain("http or https proxy")
  expect(error).not.toContain("secret")
})
