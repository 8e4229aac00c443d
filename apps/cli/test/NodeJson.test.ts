import type { NodeRow } from "@ourclone/jobs/repository/NodeRow"
import { expect, test } from "vitest"
import * as NodeJson from "../src/repository/NodeJson.ts"

const hello: NodeRow = {
  path: "/tree/hello.txt",
  name: "hello.txt",
  type: "file",
  mode: 420,
  mtime: "2024-03-01T01:00:00+01:00",
  atime: "2024-03-01T01:00:00+01:00",
  ctime: "2026-11-21T20:21:28.469470427+01:00",
  uid: 0,
  gid: 0,
  user: "root",
  group: "root",
  inode: 1892423n,
  deviceId: 65024n,
  size: 21,
  links: 1,
  linkTarget: "",
  device: 0n,
  error: ""
}
const times =
  '"mtime":"2024-03-01T01:00:00+01:00","atime":"2024-03-01T01:00:00+01:00","ctime":"2026-11-21T20:21:28.469470427+01:00"'

test("a match is printed as restic prints it", () => {
  expect(JSON.stringify(NodeJson.ofMatch(hello))).toBe(
    `{"path":"/tree/hello.txt","permissions":"-rw-r--r--","type":"file","mode":420,${times},"uid":0,"gid":0,` +
      '"user":"root","group":"root","inode":1892423,"device_id":65024,"size":21,"links":1}'
  )
})

test.each([
  [{ type: "dir", mode: 2147484141 }, '"uid":0,"gid":0,"mode":2147484141,"permissions":"drwxr-xr-x"'],
  [{ mode: 0, size: 4 }, '"uid":0,"gid":0,"size":4,"permissions":"----------"'],
  [{ type: "chardev", mode: 69206436 }, '"uid":0,"gid":0,"mode":69206436,"permissions":"Dcrw-r--r--"']
])("a listed node with %j is printed as restic prints it", (facts, text) => {
  const node = { ...hello, ...facts }
  expect(JSON.stringify(NodeJson.ofListed(node))).toBe(
    `{"name":"hello.txt","type":"${node.type}","path":"/tree/hello.txt",${text},${times},` +
      '"inode":1892423,"message_type":"node","struct_type":"node"}'
  )
})

test("numbers of 64 bits are printed to the last digit", () => {
  const line = JSON.stringify(NodeJson.ofListed({ ...hello, inode: 2n ** 64n - 1n }))
  expect(line).toContain('"inode":18446744073709551615,')
})
