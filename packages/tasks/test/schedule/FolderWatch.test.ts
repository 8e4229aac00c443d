import builtin, * as fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import * as os from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { onTestFinished } from "vitest"
import * as FolderWatch from "../../src/schedule/FolderWatch.ts"
import * as WatchProcess from "../../src/schedule/WatchProcess.ts"

const quick: FolderWatch.Patience = { stillMillis: 50, mostMillis: 400, againMillis: 50 }

const setWatch = (watch: typeof fs.watch): void => {
  Object.assign(builtin, { watch })
  syncBuiltinESMExports()
}

const makeFolder = () => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "watched-")))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  return folder
}

const until = (isTrue: () => boolean) =>
  Effect.gen(function* () {
    while (!isTrue()) yield* Effect.sleep(10)
  })

/** A folder that is watched, once it is: what is written to it counts. */
const watching = Effect.fnUntraced(function* (
  folder: string,
  {
    own,
    since = Number.MAX_SAFE_INTEGER,
    watch = FolderWatch.make(quick)
  }: { readonly own?: string; readonly since?: number; readonly watch?: FolderWatch.Watch } = {}
) {
  const told = { changes: 0, failures: [] as Array<string> }
  yield* watch(
    { folder, since, ...(own === undefined ? {} : { own }) },
    () => void told.changes++,
    (because) => void told.failures.push(because)
  )
  const next = (change: () => void) =>
    Effect.gen(function* () {
      const before = told.changes
      change()
      yield* until(() => told.changes > before)
    })
  // Nobody says when the whole of it is watched, and what is told may be of changes before.
  const begun = (name: string) =>
    Effect.gen(function* () {
      const enough = told.changes + 4
      while (told.changes < enough) {
        fs.writeFileSync(path.join(folder, name), String(Math.random()))
        yield* Effect.sleep(2 * quick.stillMillis)
      }
      yield* Effect.sleep(2 * quick.mostMillis)
    })
  return { told, next, begun }
})

const hasEnded = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

const inotifyWatches = (pid: number | "self" = "self"): number =>
  fs
    .readdirSync(`/proc/${pid}/fdinfo`)
    .map((name) => {
      try {
        return fs
          .readFileSync(`/proc/${pid}/fdinfo/${name}`, "utf8")
          .split("\n")
          .filter((line) => line.startsWith("inotify wd")).length
      } catch {
        return 0
      }
    })
    .reduce((one, other) => one + other, 0)

describe("a watched folder", () => {
  it.live(
    "tells of changes in it, in folders that were there and in new ones, and of nothing in what is the program's own",
    () =>
      Effect.gen(function* () {
        const folder = makeFolder()
        const at = (...names: ReadonlyArray<string>) => path.join(folder, ...names)
        fs.mkdirSync(at("old", "deep"), { recursive: true })
        fs.mkdirSync(at("own", "state"), { recursive: true })
        const { begun, next, told } = yield* watching(folder, { own: at("own") })
        yield* begun("old/deep/file")
        yield* next(() => fs.mkdirSync(at("new", "deep"), { recursive: true }))
        yield* begun("new/deep/file")
        yield* next(() => fs.renameSync(at("new"), at("moved")))
        yield* begun("moved/deep/file")
        // Another folder of the same name.
        yield* next(() => {
          fs.rmSync(at("moved"), { recursive: true })
          fs.mkdirSync(at("moved"))
        })
        yield* begun("moved/again")
        const { changes } = told
        fs.writeFileSync(at("own", "state", "journal"), "x")
        fs.mkdirSync(at("own", "more"))
        yield* Effect.sleep(2 * quick.mostMillis)
        assert.strictEqual(told.changes, changes)
        assert.deepStrictEqual(told.failures, [])
      }).pipe(Effect.scoped)
  )

  it.live("takes one watch for each folder and none for files, and gives them all back", () =>
    Effect.gen(function* () {
      if (process.platform !== "linux") return
      const folder = makeFolder()
      for (const name of ["a", "b", "c/d"]) {
        fs.mkdirSync(path.join(folder, name), { recursive: true })
        for (let file = 0; file < 100; file++) fs.writeFileSync(path.join(folder, name, String(file)), "")
      }
      const before = inotifyWatches()
      const scope = yield* Scope.make()
      const { begun } = yield* Effect.provideService(watching(folder), Scope.Scope, scope)
      yield* begun("c/d/file")
      assert.strictEqual(inotifyWatches() - before, 5)
      fs.rmSync(path.join(folder, "c"), { recursive: true })
      yield* until(() => inotifyWatches() - before === 3)
      yield* Scope.close(scope, Exit.void)
      yield* until(() => inotifyWatches() === before)
    })
  )

  it.live("that is not there is told of once, and watched once it is", () =>
    Effect.gen(function* () {
      const folder = path.join(makeFolder(), "later")
      const { begun, told } = yield* watching(folder)
      yield* until(() => told.failures.length > 0)
      yield* Effect.sleep(300)
      assert.lengthOf(told.failures, 1)
      assert.match(told.failures[0] ?? "", /no such file/)
      fs.mkdirSync(folder)
      yield* begun("file")
      // It goes, and comes back.
      fs.rmSync(folder, { recursive: true })
      yield* until(() => told.failures.length > 1)
      fs.mkdirSync(folder)
      yield* begun("file")
    }).pipe(Effect.scoped)
  )

  it.live("counts as changed once it is back, as nobody saw what came to it", () =>
    Effect.gen(function* () {
      const above = makeFolder()
      const { told } = yield* watching(path.join(above, "disk"))
      yield* until(() => told.failures.length > 0)
      fs.mkdirSync(path.join(above, "other"))
      fs.writeFileSync(path.join(above, "other", "file"), "came meanwhile")
      fs.renameSync(path.join(above, "other"), path.join(above, "disk"))
      yield* until(() => told.changes > 0)
    }).pipe(Effect.scoped)
  )

  for (const [what, change] of [
    [
      "is written to",
      (at: (...names: ReadonlyArray<string>) => string) => fs.appendFileSync(at("deep", "file"), "more")
    ],
    ["goes", (at) => fs.rmSync(at("deep", "file"))],
    ["comes from elsewhere", (at) => fs.renameSync(at("own", "old"), at("deep", "old"))]
  ] as ReadonlyArray<readonly [string, (at: (...names: ReadonlyArray<string>) => string) => void]>) {
    it.live(`tells of a file that ${what} before it is watched`, () =>
      Effect.gen(function* () {
        const folder = makeFolder()
        const at = (...names: ReadonlyArray<string>) => path.join(folder, ...names)
        for (const name of ["deep", "other", "own"]) fs.mkdirSync(at(name))
        for (const name of ["deep/file", "other/file", "own/old"]) fs.writeFileSync(at(name), "text")
        yield* Effect.sleep(FolderWatch.toleranceMillis + 100)
        const since = Date.now()
        change(at)
        const { told } = yield* watching(folder, { since, own: at("own") })
        yield* until(() => told.changes > 0)
        assert.deepStrictEqual(told.failures, [])
      }).pipe(Effect.scoped)
    )
  }

  it.live("tells of nothing that was so before, nor of what is the program's own", () =>
    Effect.gen(function* () {
      const folder = makeFolder()
      fs.mkdirSync(path.join(folder, "own"))
      fs.writeFileSync(path.join(folder, "file"), "text")
      yield* Effect.sleep(FolderWatch.toleranceMillis + 100)
      const since = Date.now()
      fs.writeFileSync(path.join(folder, "own", "journal"), "text")
      const { begun, told } = yield* watching(folder, { since, own: path.join(folder, "own") })
      yield* Effect.sleep(2 * quick.mostMillis)
      assert.strictEqual(told.changes, 0)
      yield* begun("other")
    }).pipe(Effect.scoped)
  )

  it.live("is watched though nobody may read some folders in it", () =>
    Effect.gen(function* () {
      const { watch } = builtin
      const closed = Object.assign(new Error("permission denied"), { code: "EACCES" })
      const refusing = (...words: Parameters<typeof watch>) => {
        if (String(words[0]).endsWith("closed")) throw closed
        return watch(...words)
      }
      yield* Effect.acquireRelease(
        Effect.sync(() => setWatch(refusing as typeof watch)),
        () => Effect.sync(() => setWatch(watch))
      )
      const folder = makeFolder()
      const folders = ["a", "closed", "z", "deep", "deep/a", "deep/closed", "deep/z"]
      for (const name of folders) fs.mkdirSync(path.join(folder, name))
      const { begun, next, told } = yield* watching(folder)
      yield* begun("deep/z/first")
      for (const name of ["a", "z", "deep/a", "deep/z"]) {
        yield* next(() => fs.writeFileSync(path.join(folder, name, "file"), "text"))
      }
      assert.deepStrictEqual(told.failures, [])
    }).pipe(Effect.scoped)
  )
})

describe("the process that watches", () => {
  it.live("may be cut off within a word", () =>
    Effect.gen(function* () {
      const script = `process.stdout.write('{"_tag":"Chan')`
      const command = [process.execPath, "-e", script] as const
      const { watch } = yield* WatchProcess.make({ command, environment: { PATH: process.env.PATH } })
      const { told } = yield* watching(makeFolder(), { watch })
      yield* until(() => told.failures.length > 0)
      assert.match(told.failures[0] ?? "", /ended with 0/)
    }).pipe(Effect.scoped)
  )

  const program: WatchProcess.WatchProgram = {
    command: [process.execPath, path.join(import.meta.dirname, "watchesFolders.ts")],
    environment: { PATH: process.env.PATH }
  }

  it.live("is there while there is something to watch, and is started anew when it dies", () =>
    Effect.gen(function* () {
      const folder = makeFolder()
      const { pid, watch } = yield* WatchProcess.make(program)
      assert.isUndefined(pid())
      const scope = yield* Scope.make()
      const { begun, next, told } = yield* Effect.provideService(watching(folder, { watch }), Scope.Scope, scope)
      yield* begun("file")
      const first = pid()!
      // What happened while nobody looked is not known, so it counts as changed.
      yield* next(() => void process.kill(first, "SIGKILL"))
      yield* until(() => pid() !== undefined && pid() !== first)
      assert.deepStrictEqual(told.failures, ["the process that watches ended with SIGKILL"])
      yield* begun("file")
      const second = pid()!
      yield* Scope.close(scope, Exit.void)
      yield* until(() => hasEnded(second))
      assert.isUndefined(pid())
    }).pipe(Effect.scoped)
  )

  it.live("tells of what changed before it had started", () =>
    Effect.gen(function* () {
      const folder = makeFolder()
      const since = Date.now()
      const { watch } = yield* WatchProcess.make(program)
      fs.writeFileSync(path.join(folder, "file"), "text")
      const { told } = yield* watching(folder, { watch, since })
      yield* until(() => told.changes > 0)
    }).pipe(Effect.scoped)
  )

  it.live("that can not be started is told of, and whoever asked goes on", () =>
    Effect.gen(function* () {
      const { watch } = yield* WatchProcess.make({ ...program, command: ["/no/such/program"] })
      const { told } = yield* watching(makeFolder(), { watch })
      yield* until(() => told.failures.length > 0)
      assert.match(told.failures[0] ?? "", /could not be started/)
    }).pipe(Effect.scoped)
  )
})
