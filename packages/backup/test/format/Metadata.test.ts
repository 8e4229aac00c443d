import * as fs from "node:fs"
import { join } from "node:path"
import * as SourceNode from "@ourclone/backup/archive/SourceNode"
import * as FileMode from "@ourclone/backup/format/FileMode"
import * as Metadata from "@ourclone/backup/format/Metadata"
import type { Node } from "@ourclone/backup/format/Node"
import * as SpecialFile from "@ourclone/backup/format/SpecialFile"
import * as GoTime from "@ourclone/backup/go/GoTime"
import * as Status from "@ourclone/backup/system/Status"
import * as Posix from "@ourclone/system/Posix"
import { assert, describe, it } from "vitest"
import { isRoot, takesAttributes, temporaryFolder } from "../support/machine.ts"

const nodeOf = (path: Buffer): Node =>
  SourceNode.make(path, Buffer.from("name"), Status.of(path), {
    withAtime: true,
    onProblem: (message) => assert.fail(message)
  })!

/** A file and another one with the first one's metadata, and the problems there were. */
const copied = (options: {
  readonly make: (path: Buffer) => void
  readonly change: (path: Buffer) => void
  readonly makeTarget?: (path: Buffer) => void
  readonly node?: Partial<Node>
}) => {
  const folder = temporaryFolder()
  const [source, target] = [Buffer.from(join(folder, "source")), Buffer.from(join(folder, "target"))]
  options.make(source)
  options.change(source)
  const node = { ...nodeOf(source), ...options.node }
  ;(options.makeTarget ?? options.make)(target)
  return { source, target, node, problems: Metadata.apply(target, node) }
}

const writeFile = (path: Buffer): void => fs.writeFileSync(path, "x")
const time = 1577934245678901234n
const all = (node: Node) => [node.mode, node.uid, node.gid, node.mtime, node.atime, node.linkTarget, node.device]

describe.skipIf(process.platform === "win32")("Metadata", () => {
  it.each([0, 0o400, 0o644, 0o4755, 0o2755, 0o1644, 0o7777])("gives back permissions %s of a file", (mode) => {
    const { node, problems, target } = copied({
      make: writeFile,
      change: (path) => {
        fs.chmodSync(path, mode)
        Posix.setTimes(path, -time, time)
      }
    })
    assert.deepEqual(problems, [])
    assert.strictEqual(fs.lstatSync(target).mode & 0o7777, mode)
    assert.deepEqual(all(nodeOf(target)), all(node))
  })

  it("gives back a directory that nobody may enter", () => {
    const { node, problems, source, target } = copied({
      make: (path) => fs.mkdirSync(path),
      change: (path) => {
        Posix.setTimes(path, 5n, -1n)
        fs.chmodSync(path, 0o1000)
      }
    })
    assert.deepEqual(problems, [])
    assert.deepEqual(all(nodeOf(target)), all(node))
    for (const path of [source, target]) fs.chmodSync(path, 0o700)
  })

  it("gives back the times of a symbolic link to nowhere", () => {
    const { node, problems, target } = copied({
      make: (path) => fs.symlinkSync(Buffer.from([0xe9]), path),
      change: (path) => Posix.setTimes(path, -1n, time),
      makeTarget: (path) => SpecialFile.make(path, { type: "symlink", linkTargetRaw: Buffer.from([0xe9]) } as Node)
    })
    assert.deepEqual(problems, [])
    assert.deepEqual(all(nodeOf(target)), all(node))
  })

  it("makes pipes and gives them their metadata", () => {
    const { node, problems, target } = copied({
      make: (path) => Posix.makePipe(path, 0o600),
      change: (path) => fs.chmodSync(path, 0o640),
      makeTarget: (path) => SpecialFile.make(path, { type: "fifo" } as Node)
    })
    assert.deepEqual(problems, [])
    assert.deepEqual(all(nodeOf(target)), all(node))
  })

  it.skipIf(!isRoot)("makes device nodes (needs the superuser)", () => {
    const { node, target } = copied({
      make: (path) => Posix.makeNode(path, 0o060640, 1050412n),
      change: (path) => Posix.setTimes(path, 1n, 2n),
      makeTarget: (path) => SpecialFile.make(path, { type: "dev", device: 1050412n } as Node)
    })
    assert.deepEqual(all(nodeOf(target)), all(node))
    assert.strictEqual(nodeOf(target).type, "dev")
  })

  it.skipIf(!isRoot)("gives a file away and keeps its setuid (needs the superuser)", () => {
    const { problems, target } = copied({
      make: writeFile,
      change: (path) => {
        fs.chownSync(path, 4321, 8765)
        fs.chmodSync(path, 0o6755)
      }
    })
    assert.deepEqual(problems, [])
    const status = fs.lstatSync(target)
    assert.deepEqual([status.uid, status.gid, status.mode & 0o7777], [4321, 8765, 0o6755])
  })

  it.skipIf(isRoot)("tells, and expects, that only the superuser gives files away (needs another user)", () => {
    const { node, problems, target } = copied({
      make: writeFile,
      change: () => undefined,
      node: { uid: 0, mode: 0o4711 | 0 }
    })
    assert.deepEqual(
      problems.map(({ code, during, isExpected }) => ({ code, during, isExpected })),
      [{ code: "EPERM", during: "owner", isExpected: true }]
    )
    assert.strictEqual(nodeOf(target).mtime, node.mtime)
  })

  it.skipIf(!isRoot)(
    "never sets setuid or setgid on a file that has another owner or group (needs the superuser)",
    () => {
      const folder = temporaryFolder()
      const path = Buffer.from(join(folder, "file"))
      writeFile(path)
      fs.chownSync(path, 4321, 4321)
      fs.chmodSync(folder, 0o755)
      const apply = (uid: number, gid: number): number => {
        process.setegid!(4321)
        process.seteuid!(4321)
        try {
          Metadata.apply(path, { ...nodeOf(path), mode: FileMode.setUserId + FileMode.setGroupId + 0o755, uid, gid })
        } finally {
          process.seteuid!(0)
          process.setegid!(0)
        }
        return fs.statSync(path).mode & 0o7777
      }
      assert.strictEqual(apply(4321, 4321), 0o6755)
      assert.strictEqual(apply(1234, 4321), 0o755)
      assert.strictEqual(apply(4321, 1234), 0o755)
    }
  )

  it.skipIf(!takesAttributes)(
    "makes attributes those of the node, and no others (needs a file system with attributes)",
    () => {
      const set = (path: Buffer, values: Record<string, string>): void => {
        for (const [key, value] of Object.entries(values))
          Posix.setAttribute(path, Buffer.from(key), Buffer.from(value))
      }
      const { problems, target } = copied({
        make: writeFile,
        change: (path) => set(path, { "user.same": "1", "user.other": "2", "user.empty": "" }),
        makeTarget: (path) => {
          writeFile(path)
          set(path, { "user.same": "1", "user.other": "3", "user.gone": "4" })
          fs.chmodSync(path, 0o444)
        }
      })
      assert.deepEqual(problems, [])
      const found = Posix.listAttributes(target).map((key) => [String(key), String(Posix.getAttribute(target, key))])
      assert.sameDeepMembers(found, [
        ["user.same", "1"],
        ["user.other", "2"],
        ["user.empty", ""]
      ])
    }
  )

  it("does the rest when one thing fails, and names the cause", () => {
    const { problems, target } = copied({
      make: writeFile,
      change: (path) => fs.chmodSync(path, 0o751),
      node: { extendedAttributes: [{ name: "no-such-namespace", value: null }], mtime: GoTime.zero, atime: "never" }
    })
    assert.deepEqual(
      problems.map(({ during }) => during),
      ["attributes", "times"]
    )
    assert.match(problems[0]?.message ?? "", /^E\w+: .+, setxattr/)
    assert.strictEqual(fs.lstatSync(target).mode & 0o7777, 0o751)
  })

  const asKind: Record<string, { readonly node: Partial<Node>; readonly victim: (path: Buffer) => void }> = {
    file: { node: { type: "file" }, victim: writeFile },
    folder: { node: { type: "dir" }, victim: (path) => fs.mkdirSync(path) },
    pipe: { node: { type: "fifo" }, victim: (path) => Posix.makePipe(path, 0o600) }
  }
  it.each(Object.keys(asKind))("changes nothing through a link that came into the place of a %s", (kind) => {
    const { node, victim } = asKind[kind]!
    const folder = temporaryFolder()
    const [source, theirs, link] = ["source", "theirs", "link"].map((name) => Buffer.from(join(folder, name))) as [
      Buffer,
      Buffer,
      Buffer
    ]
    writeFile(source)
    victim(theirs)
    fs.chmodSync(theirs, 0o700)
    const before = nodeOf(theirs)
    fs.symlinkSync(theirs, link)
    const problems = Metadata.apply(link, { ...nodeOf(source), ...node, mode: 0o666, mtime: "2001-02-03T04:05:06Z" })
    assert.notDeepEqual(problems, [])
    assert.deepEqual(all(nodeOf(theirs)), all(before))
  })

  it.skipIf(isRoot)("gives metadata to a file that its owner may not read (needs another user)", () => {
    const { node, problems, target } = copied({
      make: writeFile,
      change: (path) => fs.chmodSync(path, 0o640),
      makeTarget: (path) => {
        writeFile(path)
        fs.chmodSync(path, 0)
      }
    })
    assert.deepEqual(problems, [])
    assert.deepEqual(all(nodeOf(target)), all(node))
  })
})
