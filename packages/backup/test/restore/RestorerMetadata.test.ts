import * as fs from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Posix from "@ourclone/system/Posix"
import { Effect } from "effect"
import * as HandMade from "../support/HandMadeSnapshot.ts"
import { isRoot, takesAttributes } from "../support/machine.ts"

const { file, folder } = HandMade
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
const attribute = (name: string, value: string) => ({ name, value: Buffer.from(value) })
const extendedAttributes = [attribute("user.color", "red"), attribute("user.kept.note", "n")]

const tree = [
  { ...file("full", "text"), ...own, extendedAttributes },
  { ...file("empty"), ...own, extendedAttributes },
  folder("folder", [], { ...own, extendedAttributes })
]

const attributesOf = (path: string): Record<string, string> =>
  Object.fromEntries(
    Posix.listAttributes(Buffer.from(path))
      .filter((name) => name.toString().startsWith("user."))
      .map((name) => [name.toString(), Posix.getAttribute(Buffer.from(path), name).toString()])
  )

describe.skipIf(!takesAttributes)("A restore of some extended attributes (needs a file system with them)", () => {
  const restored = (attributes: { includes?: ReadonlyArray<string>; excludes?: ReadonlyArray<string> }) =>
    Effect.gen(function* () {
      const { restore, target } = yield* HandMade.make(tree)
      const options = { attributes: { includes: [], excludes: [], ...attributes } }
      yield* restore(options)
      const fresh = tree.map(({ name }) => attributesOf(join(target, String(name))))
      for (const { name } of tree) {
        Posix.setAttribute(Buffer.from(join(target, String(name))), Buffer.from("user.color"), Buffer.from("blue"))
        Posix.setAttribute(Buffer.from(join(target, String(name))), Buffer.from("user.kept.own"), Buffer.from("mine"))
      }
      const { failed } = yield* restore(options)
      expect(failed).toEqual([])
      return { fresh, again: tree.map(({ name }) => attributesOf(join(target, String(name)))) }
    }).pipe(Effect.scoped)

  it.effect("sets what is included, and leaves others as they are", () =>
    Effect.gen(function* () {
      const { again, fresh } = yield* restored({ includes: ["user.c*", "security.*"] })
      expect(fresh).toEqual(tree.map(() => ({ "user.color": "red" })))
      expect(again).toEqual(tree.map(() => ({ "user.color": "red", "user.kept.own": "mine" })))
    })
  )

  it.effect("neither sets nor removes what is excluded", () =>
    Effect.gen(function* () {
      const { again, fresh } = yield* restored({ excludes: ["user.kept.*"] })
      expect(fresh).toEqual(tree.map(() => ({ "user.color": "red" })))
      expect(again).toEqual(tree.map(() => ({ "user.color": "red", "user.kept.own": "mine" })))
    })
  )

  it.effect("takes all of them, and removes others, where nothing is said", () =>
    Effect.gen(function* () {
      const { again, fresh } = yield* restored({})
      expect(fresh).toEqual(tree.map(() => ({ "user.color": "red", "user.kept.note": "n" })))
      expect(again).toEqual(fresh)
    })
  )
})

describe.skipIf(!isRoot)("A restore of owners (needs the superuser)", () => {
  it.effect("goes by their names where this machine has them, by number otherwise", () =>
    Effect.gen(function* () {
      const names = { uid: 4321, gid: 4322, user: "root", group: "no such group" }
      const { restore, target } = yield* HandMade.make([
        { ...file("full", "text"), ...names },
        { ...file("empty"), ...names },
        folder("folder", [], names)
      ])
      const owners = () =>
        ["full", "empty", "folder"].map((name) => {
          const { gid, uid } = fs.lstatSync(join(target, name))
          return [uid, gid]
        })
      yield* restore()
      expect(owners()).toEqual([4321, 4321, 4321].map((uid) => [uid, 4322]))
      yield* restore({ ownershipByName: true })
      expect(owners()).toEqual([0, 0, 0].map((uid) => [uid, 4322]))
    }).pipe(Effect.scoped)
  )
})
