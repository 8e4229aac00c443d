/** The door behind the real kernel, as root. What programs see is what counts here; the bytes are `protocol.test.ts`'s. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Device from "@ourclone/mount/fuse/system/Device"
import * as MountPoint from "@ourclone/mount/fuse/system/MountPoint"
import { alone } from "@ourclone/mount/fuse/system/PointLock"
import * as Effect from "effect/Effect"
import { Mounted, type Ran, run, shell, whichProgram, whyNot } from "./Mounted.ts"

const reason = whyNot()
const nobody = 65534
const asNobody = [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups", "--"]

/** Why no ordinary user can be tried; those that run all of this as one need no root to become it. */
const whyNotOrdinary = (): string | undefined => {
  if (process.getuid?.() !== 0) return "the other tests are an ordinary user's already"
  if (!whichProgram("fusermount3") || !whichProgram("setpriv")) return "fusermount3 and setpriv are not installed"
  if ((fs.statSync("/dev/fuse").mode & 0o006) !== 0o006) return "/dev/fuse is not open to ordinary users"
  for (let at = process.execPath; at !== "/"; at = path.dirname(at))
    if ((fs.statSync(at).mode & 0o001) === 0) return `this Node is not for ordinary users: ${at}`
  return undefined
}
const noOrdinary = reason ?? whyNotOrdinary()
const script = "serveMemory.ts"

/** One mount, its end included: a sound server has nothing to say and ends with 0. */
const mounted = async (
  use: (point: string, mount: Mounted) => Promise<void>,
  options: object = {},
  how: Parameters<typeof Mounted.start>[2] = {}
) => {
  const mount = await Mounted.start(script, options, how)
  try {
    await use(mount.point, mount)
    assert.strictEqual(await mount.end(), 0, mount.errors)
    assert.strictEqual(mount.errors, "")
  } finally {
    await mount.stop()
  }
}

const ok = (ran: Ran): string => {
  assert.strictEqual(ran.status, 0, ran.errors)
  return ran.output
}
/** A program of Node's that is run on the mount. */
const program = (point: string, source: string) =>
  run(process.execPath, ["-e", `const fs = require("fs"), point = ${JSON.stringify(point)}; ${source}`])

describe.skipIf(reason !== undefined)(
  `a folder served through FUSE${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    for (const isLate of [false, true])
      it(`is a folder to programs, answers coming ${isLate ? "later" : "at once"}`, () =>
        mounted(
          async (point) => {
            ok(
              await shell(`
              cd ${point}
              mkdir -p a/b; echo hello > a/b/f; test "$(cat a/b/f)" = hello
              mv a/b/f a/g; test ! -e a/b/f; echo more >> a/g; test "$(wc -l < a/g)" = 2
              ln -s a/g link; test "$(readlink link)" = a/g; test "$(cat link | head -1)" = hello
              chmod 640 a/g; test "$(stat -c %a a/g)" = 640
              touch -d '2020-01-02 03:04:05.678901234 UTC' a/g; test "$(stat -c %Y a/g)" = 1577934245
              truncate -s 3 a/g; test "$(cat a/g)" = hel; truncate -s 10 a/g; test "$(stat -c %s a/g)" = 10
              ! rmdir a 2>/dev/null; rmdir a/b; rm a/g link; rmdir a; test -z "$(ls -A)"
            `)
            )
            const { errors } = await shell(`cd ${point}; echo x > f; ln f g`)
            assert.include(errors, "Operation not permitted")
          },
          { isLate }
        ))

    it("keeps reading and writing an open file whose name is gone, and shows no other name for it", () =>
      mounted(async (point) => {
        const ran = await program(
          point,
          `const fd = fs.openSync(point + "/f", "w+"); fs.writeSync(fd, "hello"); fs.unlinkSync(point + "/f")
         const text = Buffer.alloc(5); fs.readSync(fd, text, 0, 5, 0); fs.writeSync(fd, "more", 5)
         console.log(text + "", fs.fstatSync(fd).nlink, fs.fstatSync(fd).size, fs.readdirSync(point).length)`
        )
        assert.strictEqual(ok(ran), "hello 0 9 0\n")
      }))

    it("renames without replacing where that is asked, and swaps two names", () =>
      mounted(async (point) => {
        ok(
          await shell(`
          cd ${point}; echo 1 > a; echo 2 > b
          mv -n a b; test "$(cat a b | tr -d '\\n')" = 12
          mv a b; test "$(cat b)" = 1; test ! -e a
        `)
        )
        const { status, output } = await shell(`cd ${point}; mv --exchange 2>&1 || true`)
        if (status === 0 && !output.includes("unrecognized"))
          ok(await shell(`cd ${point}; echo 3 > c; mv --exchange b c; test "$(cat b)" = 3`))
      }))

    it("lists 3,000 names once each, and all of them go with rm -r", () =>
      mounted(async (point) => {
        const ran = await program(
          point,
          `fs.mkdirSync(point + "/d"); for (let i = 0; i < 3000; i++) fs.writeFileSync(point + "/d/a rather long name " + i, "")
         const names = fs.readdirSync(point + "/d"); console.log(names.length, new Set(names).size)
         fs.rmSync(point + "/d", { recursive: true }); console.log(fs.readdirSync(point).length)`
        )
        assert.strictEqual(ok(ran), "3000 3000\n0\n")
      }))

    it("shows what came from elsewhere, though the kernel keeps names and bytes for a minute", () =>
      mounted(async (point, mount) => {
        ok(await shell(`cd ${point}; echo before > f; ls; ls; cat f`))
        mount.server.kill("SIGUSR2")
        ok(
          await shell(`cd ${point}
          until ls | grep -q elsewhere; do :; done
          until test "$(cat f)" = other; do :; done
          test "$(stat -c %s f)" = 5; test -e "from elsewhere"`)
        )
      }))

    it("copies inside itself, makes holes and tells where the data ends", () =>
      mounted(async (point) => {
        ok(
          await shell(`
          cd ${point}; head -c 3000000 /dev/urandom > a; cp a b; cmp a b
          fallocate -l 4000000 a; test "$(stat -c %s a)" = 4000000
          fallocate -p -o 0 -l 4096 a; head -c 4096 a | cmp -n 4096 - /dev/zero
          test "$(stat -c %s a)" = 4000000
          cp --sparse=always a c; cmp a c
        `)
        )
      }))

    it("tells programs what it refuses in the system's words", () =>
      mounted(
        async (point) => {
          const ran = await program(
            point,
            `const code = (f) => { try { f(); return "none" } catch (e) { return e.code } }
         fs.mkdirSync(point + "/d"); fs.writeFileSync(point + "/d/f", "")
         console.log([
           code(() => fs.readFileSync(point + "/none")), code(() => fs.rmdirSync(point + "/d")),
           code(() => fs.mkdirSync(point + "/d")), code(() => fs.readdirSync(point + "/d/f")),
           code(() => fs.renameSync(point + "/d", point + "/d/e")), code(() => fs.writeFileSync(point + "/" + "n".repeat(256), "")),
           code(() => fs.writeFileSync(point + "/big", Buffer.alloc(3e6))), code(() => fs.writeFileSync(Buffer.concat([Buffer.from(point + "/"), Buffer.from([0xff])]), "")),
           code(() => fs.openSync(point + "/d/f", "wx"))
         ].join(" "))`
          )
          assert.strictEqual(ok(ran), "ENOENT ENOTEMPTY EEXIST ENOTDIR EINVAL ENAMETOOLONG ENOSPC EILSEQ EEXIST\n")
        },
        { capacity: 2_000_000 }
      ))

    it("lets nobody write where it is read-only", () =>
      mounted(
        async (point) => {
          const { errors } = await shell(`echo x > ${point}/f`)
          assert.include(errors, "Read-only file system")
        },
        { isReadOnly: true }
      ))

    it("keeps extended attributes of programs where that was asked for, and says so where not", async () => {
      const source = `
      const koffi = require(${JSON.stringify(path.resolve(import.meta.dirname, "../../node_modules/koffi"))})
      const libc = koffi.load(null), set = libc.func("int setxattr(const char*, const char*, const char*, size_t, int)")
      const get = libc.func("long getxattr(const char*, const char*, void*, size_t)"), value = Buffer.alloc(10)
      fs.writeFileSync(point + "/f", "")
      const made = set(point + "/f", "user.note", "abc", 3, 0)
      console.log(made, get(point + "/f", "user.note", value, 10), value.toString("utf8", 0, 3), set(point + "/f", "trusted.x", "a", 1, 0))`
      await mounted(async (point) => assert.strictEqual(ok(await program(point, source)), "0 3 abc -1\n"), {
        keepsAttributes: true
      })
      await mounted(async (point) => assert.match(ok(await program(point, source)), /^-1 -1/))
    })

    it("is refused to be unmounted while a program uses it, and says which", () =>
      mounted(async (point, mount) => {
        const user = spawn("sh", ["-c", "echo in; exec sleep 30"], { cwd: point, stdio: ["ignore", "pipe", "ignore"] })
        await once(user.stdout, "data")
        const said = once(mount.server.stdout!, "data")
        mount.server.kill("SIGTERM")
        assert.match(String((await said)[0]), /in use: sleep \(\d+\) uses/)
        user.kill()
        await once(user, "close")
      }))

    it("cleans a mount point that a killed process left, with what is below it served again", async () => {
      const killed = await Mounted.start(script)
      try {
        // The kernel keeps these beyond the end of the process.
        ok(await shell(`stat ${killed.point}`))
        killed.server.kill("SIGKILL")
        await killed.ended
        assert.include((await shell(`ls ${killed.point}`)).errors, "Transport endpoint is not connected")
        await mounted(
          async (point) => assert.strictEqual(ok(await shell(`ls ${point}`)), ""),
          {},
          { folder: killed.folder }
        )
      } finally {
        await killed.stop()
      }
    })

    it("hides nothing that is in the folder, unless that is allowed", async () => {
      const full = () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-fuse-"))
        fs.mkdirSync(path.join(folder, "mount"))
        fs.writeFileSync(path.join(folder, "mount/kept"), "kept")
        return { folder }
      }
      const refused = await Mounted.start(script, {}, full()).then(() => "mounted", String)
      assert.match(refused, /it is not empty, and what is in it could not be seen/)
      assert.include(refused, "chooseEmptyPoint")
      const allowed = full()
      await mounted(
        async (point) => assert.strictEqual(ok(await shell(`ls ${point}`)), ""),
        { allowsNonEmpty: true },
        allowed
      )
    })

    it("is unmounted where the point that was given is a link to it", async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-fuse-"))
      fs.mkdirSync(path.join(folder, "real"))
      fs.symlinkSync("real", path.join(folder, "mount"))
      await mounted(
        async (point) => void ok(await shell(`echo hello > ${point}/f; cat ${folder}/real/f`)),
        {},
        { folder }
      )
    })

    const judged = (point: string) => Effect.runPromise(MountPoint.judge(point, { allowsNonEmpty: false }))

    it("is known to be a killed process's at once, though the kernel still tells of it", async () => {
      const killed = await Mounted.start(script)
      try {
        ok(await shell(`stat ${killed.point}`))
        killed.server.kill("SIGKILL")
        await killed.ended
        assert.strictEqual((await judged(killed.point))._tag, "Dead")
      } finally {
        await killed.stop()
      }
    })

    it("that does not answer is told of as that", async () => {
      const hung = await Mounted.start(script)
      try {
        hung.server.kill("SIGSTOP")
        const [itself, below] = await Promise.all([judged(hung.point), judged(path.join(hung.point, "below"))])
        assert.deepInclude(itself, {
          because: "memory: (fuse.ourclone) is mounted there and has not answered for 5 seconds",
          remedy: { code: "unmountFirst", values: { point: hung.point } }
        })
        assert.deepInclude(below, {
          because: "it has not answered for 5 seconds: it lies on memory: (fuse.ourclone)",
          remedy: { code: "waitForDisk" }
        })
      } finally {
        await hung.stop()
      }
    })

    it("is freed by who asks for it once its process was killed, and never while that lives", () =>
      mounted(async (point, mount) => {
        assert.isFalse(await Effect.runPromise(Device.clean(point)))
        ok(await shell(`ls ${point}`))
        const killed = await Mounted.start(script)
        try {
          killed.server.kill("SIGKILL")
          await killed.ended
          assert.isTrue(await Effect.runPromise(Device.clean(killed.point)))
          assert.strictEqual(
            ok(await shell(`ls ${killed.point}; stat -f -c %T ${killed.point}`)).includes("fuse"),
            false
          )
          assert.isFalse(await Effect.runPromise(Device.clean(killed.point)))
        } finally {
          await killed.stop()
        }
        assert.strictEqual(mount.errors, "")
      }))

    it.skipIf(noOrdinary !== undefined)(
      `is mounted by an ordinary user, for that user alone${noOrdinary === undefined ? "" : ` (${noOrdinary})`}`,
      () =>
        mounted(
          async (point) => {
            const { errors } = await shell(`ls ${point}`)
            assert.include(errors, "Permission denied")
            ok(await run("setpriv", [...asNobody, "sh", "-ec", `echo x > ${point}/f; test "$(cat ${point}/f)" = x`]))
          },
          {},
          { uid: nobody }
        )
    )

    it("is left alone at the end of one that was unmounted from there before", async () => {
      const first = await Mounted.start(script, { lingers: true })
      try {
        const ended = once(first.server.stdout!, "data")
        ok(await shell(`umount ${first.point} || fusermount3 -u ${first.point}`))
        assert.include(String((await ended)[0]), "ended")
        await mounted(
          async (point) => {
            ok(await shell(`echo hello > ${point}/f`))
            first.server.kill("SIGUSR1")
            assert.strictEqual(await first.ended, 0, first.errors)
            assert.strictEqual(ok(await shell(`cat ${point}/f`)), "hello\n")
          },
          {},
          { folder: first.folder }
        )
      } finally {
        await first.stop()
      }
    })

    it("waits for another that is being mounted there, which is neither taken away nor hidden", async () => {
      const killed = await Mounted.start(script)
      try {
        killed.server.kill("SIGKILL")
        await killed.ended
        const over = Promise.withResolvers<void>()
        const first = Effect.runPromise(
          alone(
            killed.point,
            Effect.promise(() => over.promise)
          )
        )
        const cleaned = Effect.runPromise(Device.clean(killed.point))
        const told = await Promise.race([cleaned, new Promise((resolve) => setTimeout(resolve, 500, "waits"))])
        assert.strictEqual(told, "waits")
        over.resolve()
        await first
        assert.isTrue(await cleaned)
      } finally {
        await killed.stop()
      }
    })

    it("never touches what somebody else has mounted there", () =>
      mounted(async (_, mount) => {
        const second = await Mounted.start(script, {}, { folder: mount.folder }).then(
          () => "mounted",
          (error: unknown) => String(error)
        )
        assert.match(second, /memory: \(fuse\.ourclone\) is mounted there/)
      }))
  }
)
