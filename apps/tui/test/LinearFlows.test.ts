/** Lines over a pipe: said in advance, as each waits until the one before is done. */
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { startEmulator } from "@ourclone/b2-emulator/Emulator"
import { assert, describe, it } from "vitest"

const canMount = fs.existsSync("/dev/fuse") && spawnSync("fusermount3", ["-V"]).status === 0

const main = path.resolve(import.meta.dirname, "../../cli/src/main.ts")

interface Said {
  readonly out: string
  readonly status: number | null
}

/** Lines that are said as `talk` comes to them; `until` waits for what was not there before. */
const conversation = (
  folder: string,
  talk: (
    say: (...lines: ReadonlyArray<string>) => Promise<void>,
    until: (text: string) => Promise<void>
  ) => Promise<void>
): Promise<Said> =>
  new Promise((resolve, reject) => {
    const env = {
      PATH: process.env["PATH"],
      HOME: folder,
      XDG_STATE_HOME: path.join(folder, "state"),
      XDG_CACHE_HOME: path.join(folder, "cache"),
      OURCLONE_CONFIG: path.join(folder, "config.toml"),
      LANG: "C.UTF-8"
    }
    const words = ["--disable-warning=ExperimentalWarning", main, "tui", "--linear"]
    const child = spawn(process.execPath, words, { cwd: folder, env, stdio: ["pipe", "pipe", "inherit"] })
    let out = ""
    let heard = 0
    let look = (): void => {}
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text
      look()
    })
    child.once("error", reject)
    child.once("close", (status) => resolve({ out, status }))
    const until = (text: string): Promise<void> =>
      new Promise((found) => {
        look = () => {
          const at = out.indexOf(text, heard)
          if (at < 0) return
          heard = at + text.length
          look = () => {}
          found()
        }
        look()
      })
    const say = async (...lines: ReadonlyArray<string>): Promise<void> =>
      void child.stdin.write(lines.map((line) => `${line}\n`).join(""))
    talk(say, until).then(() => child.stdin.end(), reject)
  })

const spoken = (lines: ReadonlyArray<string>, folder: string): Promise<Said> =>
  conversation(folder, (say) => say(...lines))

describe("by lines over a pipe", () => {
  const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-tui-")))
    try {
      await work(folder)
    } finally {
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  }

  it("a repository is made, a backup taken, and restored after its plan", () =>
    inFolder(async (folder) => {
      fs.mkdirSync(path.join(folder, "pictures"))
      fs.writeFileSync(path.join(folder, "pictures/a.txt"), "kept")
      const make = ["backup", "n", "~/repository", "home", "correct horse", "correct horse", ".done", "wait"]
      const back = ["backup", "1", "b", "~/pictures", ".done", "wait"]
      const restore = ["backup", "1", "R", "~/restored", ".done", "S", "wait"]
      const { out, status } = await spoken([...make, ...back, ...restore], folder)
      assert.include(out, "w Wait")
      assert.include(out, "Make repository home")
      assert.include(out, "Back up ~/pictures → home")
      assert.include(out, "Restore")
      assert.notInclude(out, "correct horse")
      assert.strictEqual(status, 0)
      assert.strictEqual(fs.readFileSync(path.join(folder, "restored", folder, "pictures/a.txt"), "utf8"), "kept")
    }))

  it("a storage is added, files are copied, moved and synced, and a plan is saved as a schedule", () =>
    inFolder(async (folder) => {
      const emulator = await startEmulator()
      const put = (name: string, text: string): void => {
        fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
        fs.writeFileSync(path.join(folder, name), text)
      }
      put("pictures/a.txt", "copied")
      put("letters/b.txt", "moved")
      try {
        const add = ["storage", "n", "1", "photos", emulator.keyId, emulator.key, emulator.endpoint, ".done"]
        const bucket = ["1", "n", "my-bucket", ".done"]
        // The first one begins with what is needed; later ones with what was said last, of which 1 is the source.
        const transfer = (from: string, to: string, mode: string): ReadonlyArray<string> => [
          ...["migrate", ...(to === "copy" ? [] : ["1"]), from, `photos:my-bucket/${to}`, mode, ".done"]
        ]
        const run = ["S", "wait"]
        const { out, status } = await spoken(
          [
            ...[...add, ...bucket],
            ...[...transfer("~/pictures", "copy", "1"), ...run],
            ...[...transfer("~/letters", "moved", "2"), ...run],
            ...[...transfer("~/pictures", "synced", "3"), ...run],
            ...[...transfer("~/pictures", "synced", "3"), "W", "nightly", "30 2 * * *", "", ""],
            ...["~/nowhere", ".done", "~/pictures", ".done", "schedules"]
          ],
          folder
        )
        assert.include(out, "Added photos")
        assert.include(out, "Copy ~/pictures → photos:my-bucket/copy: done")
        assert.include(out, "Move ~/letters → photos:my-bucket/moved: done")
        assert.include(out, "Sync ~/pictures → photos:my-bucket/synced: done")
        assert.include(out, "nowhere can not be watched: there is no such directory")
        assert.include(out, "1. nightly, Sync ~/pictures → photos:my-bucket/synced")
        assert.notInclude(out, emulator.key)
        assert.strictEqual(status, 0)
        assert.isTrue(fs.existsSync(path.join(folder, "pictures/a.txt")))
        assert.isFalse(fs.existsSync(path.join(folder, "letters/b.txt")))
      } finally {
        await emulator.close()
      }
    }))

  it("files that failed are named with their reason, and tried again", () =>
    inFolder(async (folder) => {
      const emulator = await startEmulator()
      const long = path.join(folder, "pictures", ...Array.from({ length: 5 }, (_, index) => `${index}`.repeat(220)))
      fs.mkdirSync(long, { recursive: true })
      fs.writeFileSync(path.join(long, "too-long"), "bb")
      fs.writeFileSync(path.join(folder, "pictures/a.txt"), "copied")
      try {
        const add = ["storage", "n", "1", "photos", emulator.keyId, emulator.key, emulator.endpoint, ".done"]
        const copy = ["1", "n", "my-bucket", ".done", "migrate", "~/pictures", "photos:my-bucket/copy", "1", ".done"]
        const { out, status } = await spoken([...add, ...copy, "S", "wait", "1", ".", "retry", "wait"], folder)
        assert.include(out, "done, 1 failed")
        assert.match(out, /1\. 0{220}\/1{20}/)
        assert.include(out, "run 2")
        assert.strictEqual(status, 0)
      } finally {
        await emulator.close()
      }
    }))

  it.skipIf(!canMount)(
    `a folder is mounted, seen among the mounts, and unmounted${canMount ? "" : " (no FUSE here)"}`,
    () =>
      inFolder(async (folder) => {
        const point = path.join(folder, "mounted")
        fs.mkdirSync(point)
        fs.mkdirSync(path.join(folder, "pictures"))
        fs.writeFileSync(path.join(folder, "pictures/a.txt"), "seen")
        try {
          const seen: { names?: ReadonlyArray<string> } = {}
          const { out, status } = await conversation(folder, async (say, until) => {
            await say("mounts", "n", "~/pictures", "~/mounted", "", ".done")
            await until("Started: Mount ~/pictures at ~/mounted")
            while (fs.readdirSync(point).length === 0) await new Promise((resolve) => void setTimeout(resolve, 50))
            seen.names = fs.readdirSync(point)
            await say("mounts")
            await until("1. ~/mounted, ~/pictures, read/write")
            await say("1 unmount", "1", "wait")
            await until("Unmount ~/mounted: done")
            await say("mounts")
            await until("0 mounts")
          })
          assert.deepStrictEqual(seen.names, ["a.txt"])
          assert.include(out, "Unmount?")
          assert.strictEqual(status, 0)
          assert.deepStrictEqual(fs.readdirSync(point), [])
        } finally {
          spawnSync("fusermount3", ["-u", "-z", point])
        }
      })
  )

  it("a mount that can not be says why", () =>
    inFolder(async (folder) => {
      fs.mkdirSync(path.join(folder, "pictures"))
      const { out, status } = await spoken(["mounts", "n", "~/pictures", "~/nowhere", ".done", "wait"], folder)
      assert.include(out, "can not be mounted on: there is no such directory")
      assert.strictEqual(status, 0)
    }))
})
