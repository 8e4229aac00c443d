/** What people do in a folder, done in one that is served through FUSE. */
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Mounted, type Ran, run, shell, whichProgram, whyNot } from "./Mounted.ts"

const reason = whyNot()
const checkout = path.resolve(import.meta.dirname, "../../../..")
const ok = (ran: Ran): string => {
  assert.strictEqual(ran.status, 0, `${ran.errors}${ran.output}`)
  return ran.output
}
const mounted = async (use: (point: string) => Promise<void>) => {
  const mount = await Mounted.start("serveMemory.ts")
  try {
    await use(mount.point)
    assert.strictEqual(await mount.end(), 0, mount.errors)
    assert.strictEqual(mount.errors, "")
  } finally {
    await mount.stop()
  }
}
const lacking = (...programs: ReadonlyArray<string>): string => {
  const missing = programs.filter((name) => !whichProgram(name))
  return reason ?? (missing.length === 0 ? "" : `not installed: ${missing.join(", ")}`)
}
const shown = (name: string, why: string) => (why === "" ? name : `${name} (${why})`)

const git = lacking("git")
const sqlite = lacking("sqlite3")
const rsync = lacking("rsync")

describe("in a folder served through FUSE", () => {
  for (const seed of [1, 2, 3])
    it.skipIf(reason !== undefined)(
      `a file that is written, cut, mapped and copied at random (seed ${seed}) is what was written`,
      () =>
        mounted(async (point) => {
          const program = path.join(import.meta.dirname, "exerciseFile.ts")
          ok(await run(process.execPath, [program, `${point}/file`, String(seed), "1500"]))
        })
    )

  it.skipIf(git !== "")(shown("git clones, checks, commits and collects", git), () =>
    mounted(async (point) => {
      const env = { ...process.env, HOME: point, GIT_CONFIG_NOSYSTEM: "1" }
      ok(
        await shell(
          `
          git -c safe.directory='*' clone -q --no-hardlinks --depth 1 "file://${checkout}" ${point}/clone
          cd ${point}/clone; git config user.email a@b.c; git config user.name a; git config gc.auto 0
          git fsck --strict; test -z "$(git status --porcelain)"
          echo more >> README.md; git add -A; git commit -qm more; git gc -q; git fsck --strict
          cd ..; rm -rf clone; test -z "$(ls -A .)"
        `,
          { env }
        )
      )
    })
  )

  for (const mode of ["delete", "wal"])
    it.skipIf(sqlite !== "")(shown(`SQLite keeps a sound database with its journal as "${mode}"`, sqlite), () =>
      mounted(async (point) => {
        const rows = "with recursive c(x) as (select 1 union all select x+1 from c where x<2000)"
        const statements = `pragma journal_mode=${mode}; create table t(a integer primary key, b);
          ${rows} insert into t select x, hex(randomblob(50)) from c; delete from t where a % 3 = 0; vacuum; pragma integrity_check;`
        assert.strictEqual(ok(await run("sqlite3", [`${point}/t.db`, statements])), `${mode}\nok\n`)
        assert.strictEqual(ok(await run("sqlite3", [`${point}/t.db`, "select count(*) from t"])), "1334\n")
      })
    )

  it.skipIf(rsync !== "")(shown("rsync brings a tree, and nothing the second time", rsync), () =>
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
