/**
 * Random edits on both sides, and runs that are cut off, against what has to hold: both sides come to be the same,
 * nothing that somebody wrote is lost, and what was removed stays removed. So too where one side does not tell letter
 * cases apart, and names change in letter case alone.
 * `OURCLONE_BISYNC_RUNS` is how many, `OURCLONE_BISYNC_SEED` where they begin.
 */
import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as RunHere from "../../src/run/RunHere.ts"
import { kind } from "../../src/twoway/Bisync.ts"
import { makeWorld } from "../JobWorld.ts"
import { makeOneCaseWorld } from "../OneCaseWorld.ts"

const runs = Number(process.env["OURCLONE_BISYNC_RUNS"] ?? 80)
const firstSeed = Number(process.env["OURCLONE_BISYNC_SEED"] ?? 101)
/** Runs of one pair of folders. */
const rounds = 10

const numbers = (seed: number) => {
  let state = Math.imul(seed, 2654435761) >>> 0
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

type Tree = ReadonlyMap<string, string>
const names = ["a", "b.txt", "c-1", "d/e", "d/f.txt", "d/g/h", "i", "j j"]

for (const [title, rightSide] of [
  ["bisync of random edits", "right"],
  ["bisync of random edits with a disk that does not tell letter cases apart", "ci"]
] as const) {
  const isOneCase = rightSide === "ci"
  const nameOf = (path: string): string => (isOneCase ? path.toLowerCase() : path)
  describe(title, () => {
    for (let seed = firstSeed; seed < firstSeed + runs / rounds; seed++) {
      it.live(`loses nothing and brings nothing back, seed ${seed}`, () =>
        Effect.gen(function* () {
          const world = isOneCase ? makeOneCaseWorld() : makeWorld()
          const below = numbers(seed)
          const request = { first: world.at("left"), second: world.at(rightSide), allowEmptySource: true, transfers: 2 }
          for (const side of ["left", rightSide]) fs.mkdirSync(world.at(side))
          let clock = Date.UTC(2026, 0, 1)
          let written = 0
          const treeOf = (side: string): Tree =>
            new Map(
              world
                .list(side)
                .map((name) => [nameOf(name), fs.readFileSync(world.at(`${side}/${name}`), "utf8")] as const)
                .sort(([one], [other]) => (one < other ? -1 : 1))
            )

          /** As the file is spelled there, or would be in folders that are there; in any letter case where there is nothing of it. */
          const spelled = (side: string, name: string): string => {
            if (!isOneCase) return name
            const other = [...name].map((letter) => (below(2) === 0 ? letter : letter.toUpperCase())).join("")
            const parts = name.split("/")
            for (let length = parts.length; length > 0; length--) {
              const begin = parts.slice(0, length).join("/")
              for (const there of world.list(side)) {
                const found = there.split("/").slice(0, length).join("/")
                if (found.toLowerCase() === begin) return `${found}${other.slice(found.length)}`
              }
            }
            return other
          }
          const recased = (path: string): string => {
            const at = path.lastIndexOf("/") + 1
            const name = path.slice(at)
            return `${path.slice(0, at)}${name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase()}`
          }

          const edit = (): void => {
            const side = below(2) === 0 ? "left" : rightSide
            const name = spelled(side, names[below(names.length)]!)
            const path = `${side}/${name}`
            if (below(3) === 0) {
              fs.rmSync(world.at(path), { force: true })
              return
            }
            if (isOneCase && below(2) === 0) {
              if (fs.existsSync(world.at(path))) fs.renameSync(world.at(path), world.at(recased(path)))
              return
            }
            world.write(path, `written ${++written}${"!".repeat(below(4))}`)
            clock += 60_000
            fs.utimesSync(world.at(path), clock / 1000, clock / 1000)
          }
          const start = (onFact: () => void) =>
            RunHere.run(kind, request, {
              sink: (batch) => Effect.sync(() => batch.forEach(onFact)),
              secrets: new Map()
            }).pipe(Effect.provide(world.layer))

          /** Ends a run early. What a killed one has written to its database was never there. */
          const cutOff = Effect.fnUntraced(function* (isKilled: boolean) {
            const state = world.at("state/bisync")
            const copy = world.at("copy of the state")
            fs.rmSync(copy, { recursive: true, force: true })
            if (fs.existsSync(state)) fs.cpSync(state, copy, { recursive: true })
            let left = below(12)
            let fiber: Fiber.Fiber<unknown, unknown> | undefined
            fiber = yield* Effect.forkChild(
              start(() => {
                if (left-- <= 0) fiber?.interruptUnsafe()
              })
            )
            yield* Fiber.await(fiber)
            if (!isKilled) return
            fs.rmSync(state, { recursive: true, force: true })
            if (fs.existsSync(copy)) fs.cpSync(copy, state, { recursive: true })
          })

          let common: Tree = new Map()
          for (let round = 0; round < rounds; round++) {
            for (let edits = below(6); edits >= 0; edits--) edit()
            const [left, right] = [treeOf("left"), treeOf(rightSide)]
            for (let cuts = below(3); cuts > 0; cuts--) yield* cutOff(below(2) === 0)
            const exit = yield* Effect.exit(start(() => {}))
            assert.isTrue(Exit.isSuccess(exit), JSON.stringify(exit))
            const after = treeOf("left")
            const where = `seed ${seed}, round ${round}`
            assert.deepStrictEqual([...treeOf(rightSide)], [...after], where)

            const contents = new Set(after.values())
            const before = new Set([...left.values(), ...right.values()])
            for (const content of contents) assert.isTrue(before.has(content), `${where}: "${content}" is back`)
            for (const [tree, other] of [
              [left, right],
              [right, left]
            ] as const) {
              for (const [name, content] of tree) {
                const isOld = common.get(name) === content
                if (!isOld) assert.isTrue(contents.has(content), `${where}: "${content}" of ${name} is lost`)
                else if (!other.has(name)) assert.isFalse(after.has(name), `${where}: ${name} was removed and is back`)
              }
            }
            common = after
          }
        })
      )
    }
  })
}
