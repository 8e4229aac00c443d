import { assert, describe, it } from "@effect/vitest"
import * as HttpProxy from "@ourclone/http/HttpProxy"

const proxy = HttpProxy.parse("http://proxy.example.com:3128")
const api = "https://api.backblazeb2.com"

describe("HttpProxy", () => {
  it("is written with or without scheme, port, name and password", () => {
    const plain: HttpProxy.HttpProxy = {
      protocol: "http:",
      host: "proxy.example.com",
      port: 3128,
      credentials: undefined
    }
    assert.deepStrictEqual(HttpProxy.parse("proxy.example.com:3128"), plain)
    assert.deepStrictEqual(proxy, plain)
    assert.include(HttpProxy.parse("http://proxy"), { port: 80 })
    assert.include(HttpProxy.parse("https://[::1]"), { protocol: "https:", host: "::1", port: 443 })
    const { credentials } = HttpProxy.parse("http://me:p%3Aw@proxy")
    assert.strictEqual(credentials, `Basic ${Buffer.from("me:p:w").toString("base64")}`)
  })

  it("is refused with another protocol, and what is refused is not repeated", () => {
    for (const address of ["proxy:3128", "http://proxy", "https://me:secret@proxy:1"]) {
      assert.isUndefined(HttpProxy.refusal(address), address)
    }
    for (const address of ["socks5://me:secret@proxy", "ftp://secret", "http://", "http://me:secret@"]) {
      assert.isDefined(HttpProxy.refusal(address), address)
      assert.notInclude(HttpProxy.refusal(address), "secret")
    }
  })

  it("is used for all hosts but those that are excepted", () => {
    for (const [exceptions, origin, applies] of [
      ["", api, true],
      ["*", api, false],
      ["api.backblazeb2.com", api, false],
      ["API.backblazeb2.com", api, false],
      ["backblazeb2.com", api, false],
      [".backblazeb2.com", api, false],
      ["*.backblazeb2.com", api, false],
      ["b2.com", api, true],
      ["localhost, .example.org  backblazeb2.com", api, false],
      ["backblazeb2.com:443", api, false],
      ["backblazeb2.com:8443", api, true],
      ["backblazeb2.com:8443", `${api}:8443`, false],
      ["10.0.0.0/8", "https://10.1.2.3", false],
      ["10.0.0.0/8", "https://11.1.2.3", true],
      ["10.0.0.0/99", "https://10.1.2.3", true],
      ["fd00::/8", "https://[fd00::1]:9", false],
      ["::1", "https://[::1]", false],
      ["127.0.0.1", "https://127.0.0.1:9", false]
    ] as const) {
      assert.strictEqual(HttpProxy.applies(proxy, exceptions, origin), applies, `${exceptions} for ${origin}`)
    }
  })

  it("on another machine is never sent what is for this one and in the clear", () => {
    assert.isFalse(HttpProxy.applies(proxy, "", "http://127.0.0.1:8333"))
    assert.isTrue(HttpProxy.applies(HttpProxy.parse("127.0.0.1:3128"), "", "http://127.0.0.1:8333"))
    assert.isTrue(HttpProxy.applies(proxy, "", "http://storage.example.org"))
  })
})
