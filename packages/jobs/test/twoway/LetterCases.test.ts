/** Two folders of which one does not tell letter cases apart, or composed letters from decomposed ones. */
import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { kind } from "../../src/twoway/Bisync.ts"
import { makeOneCaseWorld } from "../OneCaseWorld.ts"

const make = () => {
  const world = makeOneCaseWorld()
  fs.mkdirSync(world.at("plain"))
  fs.mkdirSync(world.at("ci"))
  let clock = Date.UTC(2026, 0, 1)
  const run = world.run(kind, { first: world.at("plain"), second: world.at("ci"), allowEmptySource: true })
  return {
    world,
    run,
    write: (name: string, content: string) => {
      world.write(name, content)
      clock += 60_000
      fs.utimesSync(world.at(name), clock / 1000, clock / 1000)
    },
    rename: (from: string, to: string) => fs.renameSync(world.at(from), world.at(to)),
    remove: (name: string) => fs.rmSync(world.at(name)),
    read: (name: string) => fs.readFileSync(world.at(name), "utf8"),
    both: () => [world.list("plain"), world.list("ci")]
  }
}

const nothing = { stored: 0, removed: 0, failed: 0, conflicts: 0 }

describe("bisync with a disk that does not tell letter cases apart", () => {
  for (const [title, from, to] of [
    ["in letter case alone", "a.txt", "A.txt"],
    ["in letter case alone, in a folder", "d/a.txt", "D/a.txt"],
    ["from composed to decomposed letters", "\u00e9.txt", "e\u0301.txt"]
  ] as const) {
    for (const [side, other] of [
      ["plain", "ci"],
      ["ci", "plain"]
    ] as const) {
      it.live(`loses nothing of a file that is renamed ${title}, on the ${side} side`, () =>
        Effect.gen(function* () {
          const { both, read, remove, rename, run, world, write } = make()
          write(`${side}/${from}`, "1")
          write(`${side}/k`, "k")
          yield* run
          if (from.includes("/")) rename(`${side}/d`, `${side}/D`)
          else rename(`${side}/${from}`, `${side}/${to}`)
          const spelled = both()
          for (let runs = 0; runs < 3; runs++) {
            assert.deepInclude(yield* run, { ...nothing, same: 2 })
            assert.deepStrictEqual(both(), spelled)
          }
          write(`${side}/${to}`, "22")
          assert.deepInclude(yield* run, { ...nothing, stored: 1, same: 1 })
          assert.deepStrictEqual([both(), read(`${other}/${from}`)], [spelled, "22"])
          write(`${other}/${from}`, "333")
          assert.deepInclude(yield* run, { ...nothing, stored: 1, same: 1 })
          assert.deepStrictEqual([both(), read(`${side}/${to}`)], [spelled, "333"])
          remove(`${other}/${from}`)
          assert.deepInclude(yield* run, { ...nothing, removed: 1, same: 1 })
          assert.deepStrictEqual(world.list("plain"), ["k"])
          assert.deepStrictEqual(world.list("ci"), ["k"])
        })
      )
    }
  }

  it.live("takes a file renamed in letter case on both sides for the same", () =>
    Effect.gen(function* () {
      const { both, rename, run, write } = make()
      write("plain/a", "1")
      yield* run
      rename("plain/a", "plain/A")
      rename("ci/a", "ci/A")
      assert.deepInclude(yield* run, { ...nothing, same: 1 })
      assert.deepInclude(yield* run, { ...nothing, same: 1 })
      assert.deepStrictEqual(both(), [["A"], ["A"]])
    })
  )

  it.live("keeps both versions of what was changed on both sides in two spellings", () =>
    Effect.gen(function* () {
      const { both, read, rename, run, write } = make()
      write("plain/a.txt", "1")
      yield* run
      rename("plain/a.txt", "plain/A.txt")
      write("ci/a.txt", "older")
      write("plain/A.txt", "newer!")
      assert.deepInclude(yield* run, { stored: 2, removed: 0, failed: 0, conflicts: 1 })
      assert.deepInclude(yield* run, nothing)
      const kept = "A (conflict 2026-01-01 00.02.00).txt"
      assert.deepStrictEqual(both(), [
        [kept, "A.txt"],
        [kept, "a.txt"]
      ])
      for (const name of ["plain/A.txt", "ci/a.txt"]) assert.strictEqual(read(name), "newer!")
      for (const side of ["plain", "ci"]) assert.strictEqual(read(`${side}/${kept}`), "older")
    })
  )

  it.live("fails by name, at every run, the second of two names that are one there, and removes neither", () =>
    Effect.gen(function* () {
      const { both, read, remove, run, write } = make()
      write("plain/X", "large")
      write("plain/x", "small!")
      for (let runs = 0; runs < 3; runs++) {
        assert.deepInclude(yield* run, { ...nothing, stored: runs === 0 ? 1 : 0, failed: 1 })
        assert.deepStrictEqual(both(), [["X", "x"], ["X"]])
        assert.deepStrictEqual([read("plain/x"), read("ci/X")], ["small!", "large"])
      }
      remove("plain/X")
      assert.deepInclude(yield* run, { ...nothing, stored: 1 })
      assert.deepInclude(yield* run, { ...nothing, same: 1 })
      assert.deepStrictEqual([both(), read("plain/x"), read("ci/X")], [[["x"], ["X"]], "small!", "small!"])
    })
  )

  it.live("fails both of two names by name where the disk lists the file of one under the other", () =>
    Effect.gen(function* () {
      const { both, read, rename, run, world, write } = make()
      write("plain/X", "large")
      write("plain/x", "small")
      yield* run
      // As a disk does that lists all names in small letters.
      rename("ci/X", "ci/x")
      const time = fs.statSync(world.at("plain/X")).mtime
      fs.utimesSync(world.at("plain/x"), time, time)
      for (let runs = 0; runs < 2; runs++) {
        assert.deepInclude(yield* run, { ...nothing, same: 0, failed: 2 })
        assert.deepStrictEqual(both(), [["X", "x"], ["x"]])
        assert.deepStrictEqual([read("plain/X"), read("plain/x"), read("ci/x")], ["large", "small", "large"])
      }
    })
  )

  it.live("does not touch what a filter leaves out under another spelling", () =>
    Effect.gen(function* () {
      const { read, run, world, write } = make()
      write("ci/A.TXT", "not to be touched")
      write("plain/a.txt", "new")
      const request = { first: world.at("plain"), second: world.at("ci"), exclude: ["*.TXT"] }
      assert.deepInclude(yield* world.run(kind, request), { ...nothing, failed: 1 })
      assert.deepStrictEqual([read("ci/A.TXT"), read("plain/a.txt")], ["not to be touched", "new"])
      yield* run
    })
  )
})
