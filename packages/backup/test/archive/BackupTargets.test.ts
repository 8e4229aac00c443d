import { assert, describe, it } from "vitest"
import * as BackupTargets from "../../src/archive/BackupTargets.ts"

/** Folders, what is in them, and their file systems. */
const folders: Readonly<Record<string, readonly [names: ReadonlyArray<string>, deviceId: bigint]>> = {
  "/": [["home", "mnt"], 1n],
  "/home": [["a", "b"], 1n],
  "/mnt": [["disk", "usb"], 1n],
  "/mnt/disk": [["f", "g"], 2n]
}

const leaves = (...targets: ReadonlyArray<string>) => {
  const list = (directory: string) => {
    const [names, deviceId] = folders[directory]!
    return { names, deviceId }
  }
  return BackupTargets.leavesIn(BackupTargets.make(targets, "/home", list)).map(({ deviceId, origin, path }) =>
    origin === "given" ? path : `${path} on ${deviceId}`
  )
}

describe("BackupTargets", () => {
  it("keeps what stands in a folder that was given to the file system of that folder", () => {
    assert.deepEqual(leaves("."), ["/home/a on 1", "/home/b on 1"])
    assert.deepEqual(leaves(".."), ["/home on 1", "/mnt on 1"])
    assert.deepEqual(leaves("/mnt/disk"), ["/mnt/disk"])
  })

  it("does not go into another file system for what was not given there", () => {
    assert.deepEqual(leaves("/", "/mnt/disk"), ["/home on 1", "/mnt/disk", "/mnt/usb on 1"])
    assert.deepEqual(leaves("/", "/mnt/disk/f"), ["/home on 1", "/mnt/disk/f", "/mnt/usb on 1"])
    assert.deepEqual(leaves("/mnt/disk/f", "/mnt/disk"), ["/mnt/disk/f", "/mnt/disk/g on 2"])
  })

  it("takes what was both given and found as given, in either order", () => {
    assert.deepEqual(leaves("/", "/home"), ["/home", "/mnt on 1"])
    assert.deepEqual(leaves("/home", "/"), ["/home", "/mnt on 1"])
  })
})
