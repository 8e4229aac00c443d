/** Restores onto a disk that does not tell letter cases apart, as NTFS without them in user space is. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as HandMade from "../support/HandMadeSnapshot.ts"

const { file, folder } = HandMade

const run = (program: string, ...args: ReadonlyArray<string>) => spawnSync(program, args).status === 0

const mount = (disk: string, image: string): boolean => {
  fs.mkdirSync(disk, { recursive: true })
  fs.writeFileSync(image, "")
  fs.truncateSync(image, 16 * 1024 * 1024)
  return run("mkntfs", "-q", "-F", "-f", image) && run("lowntfs-3g", "-o", "ignore_case", image, disk)
}

const mayMount = (() => {
  const root = fs.mkdtempSync(join(tmpdir(), "ourclone-one-case-"))
  const isMounted = mount(join(root, "disk"), join(root, "image"))
  if (isMounted) run("umount", join(root, "disk"))
  fs.rmSync(root, { recursive: true })
  return isMounted
})()

const withDisk = <A, E, R>(disk: string, use: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => mount(disk, `${disk}.image`)),
    () => use,
    () => Effect.sync(() => run("umount", disk))
  )

describe.skipIf(!mayMount)("A restore onto a disk that does not tell letter cases apart", () => {
  it.effect(
    "takes what is there in another letter case for the file and the folder, and deletes only what is extra",
    () =>
      Effect.gen(function* () {
        const made = yield* HandMade.make([file("A.txt", "one"), folder("Dir", [file("B", "two")]), file("c", "three")])
        const { restore, target } = made
        yield* withDisk(
          target,
          Effect.gen(function* () {
            fs.mkdirSync(join(target, "dir"))
            for (const [name, text] of [
              ["a.txt", "before"],
              ["dir/b", "two"],
              ["dir/extra", "x"],
              ["extra", "x"]
            ] as const) {
              fs.writeFileSync(join(target, name), text)
            }
            const first = yield* restore({ delete: true, verify: true })
            expect(first.summary).toMatchObject({ failures: 0, filesRestored: 3 })
            const second = yield* restore({ delete: true })
            expect(second.summary).toMatchObject({ failures: 0, bytesRestored: 0, filesSkipped: 3 })
            const left = Object.entries(HandMade.listing(target)).map(([name, text]) => [name.toLowerCase(), text])
            expect(Object.fromEntries(left)).toMatchObject({ "a.txt": "one", "dir/b": "two", c: "three" })
            expect(left.map(([name]) => name)).not.toContain("extra")
            expect(left.map(([name]) => name)).not.toContain("dir/extra")
          })
        )
      }).pipe(Effect.scoped)
  )
})
