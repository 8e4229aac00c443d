import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it, onTestFinished } from "vitest"
import * as Posix from "../src/Posix.ts"

const isRoot = process.geteuid?.() === 0

const temporaryFolder = (): string => {
  const path = fs.mkdtempSync(join(tmpdir(), "ourclone-system-"))
  onTestFinished(() => fs.rmSync(path, { recursive: true, force: true }))
  return path
}

const takesAttributes = ((): boolean => {
  const path = fs.mkdtempSync(join(tmpdir(), "ourclone-probe-"))
  try {
    Posix.setAttribute(Buffer.from(path), Buffer.from("user.probe"), Buffer.from("1"))
    return true
  } catch {
    return false
  } finally {
    fs.rmSync(path, { recursive: true, force: true })
  }
})()

const name = (text: string) => Buffer.from(text)

const file = (): Buffer => {
  const path = join(temporaryFolder(), "file")
  fs.writeFileSync(path, "content")
  return Buffer.from(path)
}

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    return (error as { code: string }).code
  }
  return "none"
}

describe.skipIf(process.platform === "win32")("Posix", () => {
  it("keeps all there is to keep on this machine", () => {
    assert.isUndefined(Posix.notKept())
  })

  it("finds no attributes on a file that has none", () => {
    assert.deepEqual(Posix.listAttributes(file()), [])
  })

  it.skipIf(!takesAttributes)("keeps attributes of what is open, wherever its name leads by then", () => {
    const path = file()
    const open = fs.openSync(path, "r")
    onTestFinished(() => fs.closeSync(open))
    const moved = Buffer.from(`${path}.moved`)
    fs.renameSync(path, moved)
    for (const key of ["user.kept", "user.gone"]) Posix.setAttribute(open, name(key), Buffer.from("1"))
    Posix.removeAttribute(open, name("user.gone"))
    assert.deepEqual(Posix.listAttributes(open).map(String), ["user.kept"])
    assert.deepEqual(Posix.getAttribute(open, name("user.kept")), Posix.getAttribute(moved, name("user.kept")))
    assert.strictEqual(
      codeOf(() => Posix.getAttribute(open, name("user.gone"))),
      process.platform === "darwin" ? "ENOATTR" : "ENODATA"
    )
  })

  it.skipIf(!takesAttributes)(
    "keeps values of any bytes, and the empty one (needs a file system with attributes)",
    () => {
      const path = file()
      const values = new Map([
        ["user.text", Buffer.from("ünï")],
        ["user.bytes", Buffer.from([0, 255, 16])],
        ["user.empty", Buffer.alloc(0)],
        ["user.long", Buffer.alloc(3500, 7)]
      ])
      for (const [key, value] of values) Posix.setAttribute(path, name(key), value)
      assert.sameMembers(Posix.listAttributes(path).map(String), [...values.keys()])
      for (const [key, value] of values) assert.deepEqual(Posix.getAttribute(path, name(key)), value)
      Posix.removeAttribute(path, name("user.text"))
      assert.notInclude(Posix.listAttributes(path).map(String), "user.text")
    }
  )

  it.skipIf(!takesAttributes)(
    "finds a name list longer than it had room for (needs a file system with attributes)",
    () => {
      const path = file()
      const names = Array.from({ length: 24 }, (_, at) => `user.${String(at).padStart(200, "0")}`)
      try {
        for (const key of names) Posix.setAttribute(path, name(key), Buffer.alloc(0))
      } catch {
        // Some file systems give attributes one block: what fits is enough here.
      }
      const listed = Posix.listAttributes(path).map(String)
      assert.isAbove(listed.length, 5)
      assert.deepEqual(listed.toSorted(), names.slice(0, listed.length))
    }
  )

  it("never follows a symbolic link to its attributes", () => {
    const target = file()
    if (takesAttributes) Posix.setAttribute(target, name("user.target"), Buffer.from("1"))
    const link = Buffer.concat([target, Buffer.from("-link")])
    fs.symlinkSync(target, link)
    assert.deepEqual(Posix.listAttributes(link), [])
  })

  it("fails with the system's code and names the path", () => {
    const path = name("/nowhere/at all")
    assert.strictEqual(
      codeOf(() => Posix.listAttributes(path)),
      "ENOENT"
    )
    assert.strictEqual(
      codeOf(() => Posix.setTimes(path, 0n, 0n)),
      "ENOENT"
    )
    assert.throws(
      () => Posix.getAttribute(path, name("user.a")),
      /^ENOENT: no such file or directory, getxattr '\/nowhere\/at all'$/
    )
  })

  it.each([1577934245678901234n, 1n, 0n, -1n, -1_500_000_001n, 4_102_444_800_999_999_999n])(
    "keeps the time %s to the nanosecond",
    (time) => {
      const path = file()
      Posix.setTimes(path, time - 7n, time)
      const status = fs.lstatSync(path, { bigint: true })
      assert.deepEqual([status.atimeNs, status.mtimeNs], [time - 7n, time])
      const open = fs.openSync(path, "r+")
      Posix.setTimesOf(open, time, time - 9n)
      fs.closeSync(open)
      assert.strictEqual(fs.lstatSync(path, { bigint: true }).mtimeNs, time - 9n)
    }
  )

  it("sets the times of a symbolic link and not those of its target", () => {
    const target = file()
    const before = fs.lstatSync(target, { bigint: true }).mtimeNs
    const link = Buffer.concat([target, Buffer.from([0xe9])])
    fs.symlinkSync("file", link)
    Posix.setTimes(link, -5n, -5n)
    assert.strictEqual(fs.lstatSync(link, { bigint: true }).mtimeNs, -5n)
    assert.strictEqual(fs.lstatSync(target, { bigint: true }).mtimeNs, before)
  })

  it("makes named pipes", () => {
    const path = Buffer.from(join(temporaryFolder(), "pipe"))
    Posix.makePipe(path, 0o600)
    assert.isTrue(fs.lstatSync(path).isFIFO())
    assert.strictEqual(
      codeOf(() => Posix.makePipe(path, 0o600)),
      "EEXIST"
    )
  })

  it.skipIf(!isRoot)("makes device nodes of large numbers (needs the superuser)", () => {
    const path = Buffer.from(join(temporaryFolder(), "device"))
    Posix.makeNode(path, 0o060600, 1050412n)
    const status = fs.lstatSync(path, { bigint: true })
    assert.isTrue(status.isBlockDevice())
    assert.strictEqual(status.rdev, 1050412n)
  })

  it.skipIf(isRoot)("fails with EPERM where only the superuser may make a device node (needs another user)", () => {
    const path = Buffer.from(join(temporaryFolder(), "device"))
    assert.strictEqual(
      codeOf(() => Posix.makeNode(path, 0o060600, 1050412n)),
      "EPERM"
    )
  })

  it("sets permissions of what a path names, and never through a symbolic link", () => {
    const path = file()
    const pipe = Buffer.from(`${path}.pipe`)
    const link = Buffer.from(`${path}.link`)
    Posix.makePipe(pipe, 0o600)
    fs.symlinkSync(path, link)
    fs.chmodSync(path, 0o600)
    assert.notStrictEqual(
      codeOf(() => Posix.setPermissions(link, 0o666)),
      "none"
    )
    assert.strictEqual(fs.statSync(path).mode & 0o7777, 0o600)
    for (const one of [path, pipe]) {
      Posix.setPermissions(one, 0)
      Posix.setPermissions(one, 0o4751)
      assert.strictEqual(fs.lstatSync(one).mode & 0o7777, 0o4751)
    }
  })
})
