/** The door through libfuse, with the same file system behind it. */
import * as fs from "node:fs"
import { createRequire } from "node:module"
import * as os from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Mounted, type Ran, run, shell, whyNot } from "./Mounted.ts"

const whyNotLoaded = (): string | undefined => {
  try {
    createRequire(import.meta.url)("fuse-native")
    return undefined
  } catch (error) {
    return `the library can not be loaded: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`
  }
}
const reason = whyNot() ?? whyNotLoaded()
const ok = (ran: Ran): string => {
  assert.strictEqual(ran.status, 0, ran.errors)
  return ran.output
}

describe.skipIf(reason !== undefined)(
  `a folder served through libfuse${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    it("is a folder to programs, and shows and stores no name for a file that lost its own", async () => {
      const mount = await Mounted.start("serveMemory.ts", { library: true, isLate: true })
      const { point } = mount
      try {
        ok(
          await shell(`
          cd ${point}
          mkdir -p a/b; echo hello > a/b/f; test "$(cat a/b/f)" = hello
          mv a/b/f a/g; echo more >> a/g; test "$(wc -l < a/g)" = 2
          ln -s a/g link; test "$(readlink link)" = a/g
          chmod 640 a/g; test "$(stat -c %a a/g)" = 640
          touch -d '2020-01-02 03:04:05 UTC' a/g; test "$(stat -c %Y a/g)" = 1577934245
          truncate -s 3 a/g; test "$(cat a/g)" = hel
          head -c 3000000 /dev/urandom > big; cp big copy; cmp big copy
          ! rmdir a 2>/dev/null; rmdir a/b; rm a/g link big copy; rmdir a; test -z "$(ls -A)"
          for i in $(seq 1200); do : > "name $i"; done; test "$(ls | sort -u | wc -l)" = 1200
        `)
        )
        const program = `const fs = require("fs"), point = ${JSON.stringify(point)}, fd = fs.openSync(point + "/f", "w+")
        fs.writeSync(fd, "hello"); fs.unlinkSync(point + "/f")
        const text = Buffer.alloc(5); fs.readSync(fd, text, 0, 5, 0)
        console.log(text + "", fs.readdirSync(point).filter((name) => !name.startsWith("name")).length)`
        assert.strictEqual(ok(await run(process.execPath, ["-e", program])), "hello 0\n")
        assert.strictEqual(await mount.end(), 0, mount.errors)
        assert.strictEqual(mount.errors, "")
      } finally {
        await mount.stop()
      }
    })

    it("hides nothing that is in the folder", async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-fuse-"))
      fs.mkdirSync(path.join(folder, "mount"))
      fs.writeFileSync(path.join(folder, "mount/kept"), "kept")
      const refused = await Mounted.start("serveMemory.ts", { library: true }, { folder }).then(() => "mounted", String)
      assert.include(refused, "it is not empty")
    })
  }
)
