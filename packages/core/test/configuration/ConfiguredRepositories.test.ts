import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as ConfigurationFile from "../../src/configuration/ConfigurationFile.ts"
import * as ConfiguredRepositories from "../../src/configuration/ConfiguredRepositories.ts"

const folder = fs.mkdtempSync(join(tmpdir(), "ourclone-repositories-"))
afterAll(() => fs.rmSync(folder, { recursive: true }))

let files = 0
const file = (text: string): string => {
  const path = join(folder, `${files++}.toml`)
  fs.writeFileSync(path, text, { mode: 0o600 })
  return path
}

const read = (text: string) => Effect.map(ConfiguredRepositories.read(file(text)), (found) => [...found.values()])

describe("ConfiguredRepositories", () => {
  it.effect("reads a place and where its password comes from", () =>
    Effect.gen(function* () {
      const text = `[remotes.photos]\ntype = "b2"\n
[repositories.a]\nlocation = "photos:x/y"\npassword = "env:NAME"
[repositories.b]\nlocation = "/b"\npassword_file = "~/p"
[repositories.c]\nlocation = "c"\npassword_command = "pass c"
[repositories.d]\nlocation = "d"\n`
      expect(yield* read(text)).toEqual([
        { name: "a", location: "photos:x/y", password: "env:NAME" },
        { name: "b", location: "/b", password: "file:~/p" },
        { name: "c", location: "c", password: "command:pass c" },
        { name: "d", location: "d", password: undefined }
      ])
    })
  )

  it.effect.each([
    ['[repositories.a]\npassword = "x"\n', 1, 'repository "a" has no location'],
    ['\n[repositories]\na = "b2:x"\n', 3, 'repository "a" must be a table'],
    ['[repositories.a]\nlocation = "x"\npasword_file = "p"\n', 1, 'did you mean "password_file"'],
    ["[repositories.a]\nlocation = 3\n", 1, "needs a text in quotes for location"],
    ['[repositories.a]\nlocation = "x"\npassword = "x"\npassword_file = "p"\n', 1, "says its password twice"],
    ["repositories = 3\n", 1, '"repositories" must hold tables']
  ] as const)("says where and what is wrong with %j", ([text, line, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(read(text))
      expect(error.message).toContain(`:${line}:`)
      expect(error.message).toContain(message)
    })
  )

  it.live("adds one and leaves every other byte as it was", () =>
    Effect.gen(function* () {
      const before = '# mine\n[remotes.photos]\ntype = "b2" # a comment'
      const path = file(before)
      const repository = { name: "home", location: 'a "b" \\', password: "command:pass show x" }
      yield* ConfiguredRepositories.add(path, repository)
      expect(fs.readFileSync(path, "utf8").startsWith(`${before}\n`)).toBe(true)
      expect([...(yield* ConfiguredRepositories.read(path)).values()]).toEqual([repository])
      expect([...(yield* ConfigurationFile.read(path)).remotes.keys()]).toEqual(["photos"])
    })
  )

  it.live("takes a name once, and no name that looks like a path", () =>
    Effect.gen(function* () {
      const path = file("")
      const add = (name: string) => ConfiguredRepositories.add(path, { name, location: "x", password: undefined })
      yield* add("home")
      expect((yield* Effect.flip(add("home"))).reason._tag).toBe("AlreadyConfigured")
      expect((yield* Effect.flip(add("a/b"))).reason._tag).toBe("InvalidName")
    })
  )
})
