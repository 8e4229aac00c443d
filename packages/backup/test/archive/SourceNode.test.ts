import * as fs from "node:fs"
import * as net from "node:net"
import { join } from "node:path"
import * as SourceNode from "@ourclone/backup/archive/SourceNode"
import type { Node } from "@ourclone/backup/format/Node"
import * as Tree from "@ourclone/backup/format/Tree"
import * as GoTime from "@ourclone/backup/go/GoTime"
import * as Status from "@ourclone/backup/system/Status"
import * as Posix from "@ourclone/system/Posix"
import { assert, describe, it } from "vitest"
import { isRoot, takesAttributes, temporaryFolder } from "../support/machine.ts"

const bytes = (...parts: ReadonlyArray<string | number>) =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.from([part]) : Buffer.from(part))))

const nodeOf = (path: Buffer, options: Partial<SourceNode.SourceOptions> = {}): Node | undefined =>
  SourceNode.make(path, Buffer.from("name"), Status.of(path), {
    withAtime: false,
    onProblem: (message) => assert.fail(message),
    ...options
  })

const make = (write: (path: Buffer) => void): Buffer => {
  const path = bytes(temporaryFolder(), "/f", 0xe9)
  write(path)
  return path
}

describe.skipIf(process.platform === "win32")("SourceNode", () => {
  it.each([
    ["a file", (path: Buffer) => fs.writeFileSync(path, "12345"), 0o644, 420, 1, 5],
    ["a setuid file", (path: Buffer) => fs.writeFileSync(path, ""), 0o4755, 8389101, 1, 0],
    ["a setgid file", (path: Buffer) => fs.writeFileSync(path, ""), 0o2755, 4194797, 1, 0],
    ["a file nobody may read", (path: Buffer) => fs.writeFileSync(path, ""), 0, 0, 1, 0],
    ["a sticky directory", (path: Buffer) => fs.mkdirSync(path), 0o1777, 2148532735, 0, 0],
    ["a pipe", (path: Buffer) => Posix.makePipe(path, 0o600), 0o600, 33554816, 0, 0]
  ] as const)("writes mode, links and size of %s as restic does", (_, write, permissions, mode, links, size) => {
    const path = make(write)
    fs.chmodSync(path, permissions)
    const node = nodeOf(path)
    assert.deepEqual([node?.mode, node?.links, node?.size], [mode, links, size])
  })

  it.skipIf(!isRoot)("writes numbers of devices (needs the superuser)", () => {
    const node = nodeOf(make((path) => Posix.makeNode(path, 0o020644, 259n)))
    assert.deepEqual([node?.type, node?.mode, node?.device, node?.links], ["chardev", 69206436, 259n, 1])
    const zero = nodeOf(make((path) => Posix.makeNode(path, 0o020644, 0n)))
    assert.notInclude(Tree.encodeNode(zero!), '"device":')
  })

  it("keeps the bytes of a link's target that is not UTF-8", () => {
    const raw = bytes("../", 0xe9, "/ü")
    const node = nodeOf(make((path) => fs.symlinkSync(raw, path)))
    assert.strictEqual(node?.mode, 134218239)
    const text = Tree.encodeNode(node!)
    assert.include(text, '"linktarget":"../\\ufffd/ü"')
    assert.include(text, `"linktarget_raw":"${raw.toString("base64")}"`)
  })

  it("keeps no bytes of a target that is text", () => {
    const node = nodeOf(make((path) => fs.symlinkSync("nowhere/ü\ufffd", path)))
    assert.strictEqual(node?.linkTarget, "nowhere/ü\ufffd")
    assert.isUndefined(node?.linkTargetRaw)
  })

  it("lets the time of the change stand for that of the access unless asked", () => {
    const path = make((path) => fs.writeFileSync(path, ""))
    Posix.setTimes(path, -1_000_000_001n, 1577934245678901234n)
    const [plain, asked] = [nodeOf(path), nodeOf(path, { withAtime: true })]
    assert.strictEqual(plain?.atime, plain?.mtime)
    assert.strictEqual(GoTime.parse(plain!.mtime), 1577934245678901234n)
    assert.strictEqual(GoTime.parse(asked!.atime), -1_000_000_001n)
  })

  it.skipIf(!takesAttributes)(
    "keeps attributes in the order of the file system (needs a file system with attributes)",
    () => {
      const path = make((path) => fs.writeFileSync(path, ""))
      for (const key of ["user.zulu", "user.alpha", "user.empty"]) {
        Posix.setAttribute(path, Buffer.from(key), Buffer.from(key === "user.empty" ? "" : key))
      }
      const attributes = nodeOf(path)!.extendedAttributes
      assert.deepEqual(
        attributes.map(({ name }) => name),
        Posix.listAttributes(path).map(String)
      )
      assert.include(Tree.encodeNode(nodeOf(path)!), '{"name":"user.empty","value":""}')
      assert.include(Tree.encodeNode(nodeOf(path)!), '{"name":"user.zulu","value":"dXNlci56dWx1"}')
    }
  )

  it("makes no node of a socket", async () => {
    const path = join(temporaryFolder(), "socket")
    const server = net.createServer()
    await new Promise<void>((resolve) => server.listen(path, resolve))
    assert.isUndefined(nodeOf(Buffer.from(path)))
    await new Promise((resolve) => server.close(resolve))
  })

  it("throws when the target of a link can not be read any more", () => {
    const path = make((path) => fs.symlinkSync("a", path))
    const status = Status.of(path)
    fs.rmSync(path)
    const options = { withAtime: false, onProblem: () => undefined }
    assert.throws(() => SourceNode.make(path, Buffer.from("name"), status, options), /ENOENT/)
  })

  it("keeps a file whose attributes can not be read, and says so", () => {
    const path = make((path) => fs.writeFileSync(path, ""))
    const status = Status.of(path)
    fs.rmSync(path)
    const problems: Array<string> = []
    const options = { withAtime: false, onProblem: (message: string) => problems.push(message) }
    assert.strictEqual(SourceNode.make(path, Buffer.from("name"), status, options)?.type, "file")
    assert.match(problems.join(), /ENOENT.*listxattr/)
  })
})
