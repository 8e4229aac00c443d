/** What people do in a folder, done in one that shows a bucket: kernel, door, tree, cache, queue and B2's emulator. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { type Emulator, startEmulator } from "@ourclone/b2-emulator/Emulator"
import type { MountOptions } from "../../src/model/Mount.ts"
import { Mounted, type Ran, run, shell, whichProgram, whyNot } from "./Mounted.ts"

const reason = whyNot()
const checkout = path.resolve(import.meta.dirname, "../../../..")
const ok = (ran: Ran): string => {
  assert.strictEqual(ran.status, 0, `${ran.errors}${ran.output}`)
  return ran.output
}

let emulator: Emulator
let buckets = 0
beforeAll(async () => {
  emulator = await startEmulator({})
})
afterAll(() => emulator.close())

/** What is below a folder: names, kinds, modes, sizes, times, and the bytes. */
const shown = async (point: string): Promise<string> =>
  ok(
    await shell(
      `cd ${point}; find . -mindepth 1 ! -type d -printf '%p %y %m %s %Ts %l\\n' | sort; find . -type d | sort; find . -type f -exec md5sum {} + | sort`
    )
  )

/** One mount of a bucket of its own, its end included; what is there then is the same in another mount without a cache. */
const mounted = async (use: (point: string) => Promise<void>, own: Partial<MountOptions> = {}) => {
  const { endpoint, keyId, key } = emulator
  const folder = await mkdtemp(path.join(tmpdir(), "ourclone-fuse-cache-"))
  const options = { endpoint, keyId, key, location: `bucket-${++buckets}/folder`, uploadDelay: 200, ...own }
  const mount = await Mounted.start("serveB2.ts", { ...options, directory: path.join(folder, "one") })
  try {
    await use(mount.point).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : error}\n${mount.errors}`)
    })
    const before = await shown(mount.point)
    assert.strictEqual(await mount.end(), 0, mount.errors)
    assert.strictEqual(mount.errors, "")
    const other = await Mounted.start("serveB2.ts", { ...options, directory: path.join(folder, "two") })
    try {
      assert.strictEqual(await shown(other.point), before)
      assert.strictEqual(await other.end(), 0, other.errors)
    } finally {
      await other.stop()
    }
  } finally {
    await mount.stop()
    await rm(folder, { recursive: true })
  }
}
const lacking = (...programs: ReadonlyArray<string>): string => {
  const missing = programs.filter((name) => !whichProgram(name))
  return reason ?? (missing.length === 0 ? "" : `not installed: ${missing.join(", ")}`)
}
const titled = (name: string, why: string) => (why === "" ? name : `${name} (${why})`)

const git = lacking("git")
const sqlite = lacking("sqlite3")
const rsync = lacking("rsync")

describe("in a folder that shows a bucket", () => {
  for (const seed of [1, 2])
    it.skipIf(reason !== undefined)(
      `a file that is written, cut, mapped and copied at random (seed ${seed}) is what was written`,
      () =>
        mounted(async (point) => {
          const program = path.join(import.meta.dirname, "exerciseFile.ts")
          ok(await run(process.execPath, [program, `${point}/file`, String(seed), "800"]))
        })
    )

  it.skipIf(reason !== undefined)("each call does what it does in a folder of this machine", () =>
    mounted(async (point) => {
      const program = path.join(import.meta.dirname, "folderChecks.ts")
      const control = await mkdtemp(path.join(tmpdir(), "ourclone-control-"))
      const told = ok(await run(process.execPath, [program, control])).split("\n")
      await rm(control, { recursive: true })
      assert.deepEqual(ok(await run(process.execPath, [program, point])).split("\n"), told)
    })
  )

  it.skipIf(reason !== undefined)("a file larger than the cache is edited, read back and sent", () =>
    mounted(
      async (point) => {
        const pieces = "if=/dev/urandom bs=1M status=none"
        const edit = "bs=100000 count=10 seek=123 conv=notrunc status=none"
        ok(
          await shell(`
            copy=$(mktemp); edit=$(mktemp); trap 'rm -f $copy $edit' EXIT
            dd ${pieces} count=24 of=$copy; cp $copy ${point}/large; dd if=/dev/urandom bs=1000000 count=1 of=$edit status=none
            for file in $copy ${point}/large; do dd if=$edit of=$file ${edit}; done
            cmp $copy ${point}/large; dd if=/dev/zero of=${point}/other bs=1M count=6 status=none
            cmp $copy ${point}/large; cmp -n 6291456 /dev/zero ${point}/other
          `)
        )
      },
      { cacheSize: 8 * 1024 * 1024 }
    )
  )

  it.skipIf(git !== "")(titled("git clones, checks, commits and collects", git), () =>
    mounted(async (point) => {
      const env = { ...process.env, HOME: point, GIT_CONFIG_NOSYSTEM: "1" }
      ok(
        await shell(
          `
          git config --global user.email a@b.c; git config --global user.name a; git config --global gc.auto 0
          mkdir ${point}/first; cd ${point}/first; git init -q
          cp -r "${checkout}/packages/mount/src" .; ln -s src/fuse link; chmod +x src/fuse/Session.ts
          git add -A; git commit -qm first; echo more >> src/fuse/Session.ts; git commit -qam second
          git clone -q --no-hardlinks "file://${point}/first" ${point}/clone
          cd ../clone; git fsck --strict; test -z "$(git status --porcelain)"; cmp src/fuse/Session.ts ../first/src/fuse/Session.ts
          git gc -q; git fsck --strict; cd ..; rm -rf first
        `,
          { env }
        )
      )
    })
  )

  for (const mode of ["delete", "wal"])
    it.skipIf(sqlite !== "")(titled(`SQLite keeps a sound database with its journal as "${mode}"`, sqlite), () =>
      mounted(async (point) => {
        const rows = "with recursive c(x) as (select 1 union all select x+1 from c where x<2000)"
        const statements = `pragma journal_mode=${mode}; create table t(a integer primary key, b);
          ${rows} insert into t select x, hex(randomblob(50)) from c; delete from t where a % 3 = 0; vacuum; pragma integrity_check;`
        assert.strictEqual(ok(await run("sqlite3", [`${point}/t.db`, statements])), `${mode}\nok\n`)
        assert.strictEqual(ok(await run("sqlite3", [`${point}/t.db`, "select count(*) from t"])), "1334\n")
      })
    )

  it.skipIf(rsync !== "")(titled("rsync brings a tree, and nothing the second time", rsync), () =>
    mounted(async (point) => {
      const source = path.join(checkout, "docs")
      ok(await run("rsync", ["-a", `${source}/`, `${point}/docs/`]))
      assert.strictEqual(ok(await run("rsync", ["-ai", `${source}/`, `${point}/docs/`])), "")
    })
  )

  it.skipIf(reason !== undefined)("tar brings a tree in and out again, with modes, times and links", () =>
    mounted(async (point) => {
      ok(
        await shell(`
          cd ${point}; mkdir in out
          (cd in; mkdir -p a/b; echo 1 > a/one; echo 22 > a/b/two; chmod 600 a/one; chmod 755 a/b/two; ln -s ../one a/b/link
           touch -d '2001-02-03 04:05:06' a/one; touch -d '2002-02-03 04:05:06' a/b)
          tar -C in -cf all.tar .; tar -C out -xpf all.tar
          tar -C out -df all.tar
          (cd in; find . -printf '%p %m %l %y\\n' | sort) > one; (cd out; find . -printf '%p %m %l %y\\n' | sort) > two; cmp one two
        `)
      )
    })
  )
})
