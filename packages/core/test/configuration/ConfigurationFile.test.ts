import builtin, * as fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as ConfigurationFile from "../../src/configuration/ConfigurationFile.ts"
import * as ConfigurationText from "../../src/configuration/ConfigurationText.ts"

const folder = fs.mkdtempSync(join(tmpdir(), "ourclone-configuration-"))
afterAll(() => fs.rmSync(folder, { recursive: true }))

const add = (path: string, name: string) =>
  ConfigurationFile.edit(path, ({ remotes, text }) =>
    Effect.as(Effect.sleep(5), {
      text: ConfigurationText.add(text, name, "b2", {}),
      remotes: [...remotes.values(), { name, type: "b2", options: {} }]
    })
  )

const names = (path: string) =>
  Effect.map(ConfigurationFile.read(path), ({ remotes }) => [...remotes.keys()].toSorted())

describe("ConfigurationFile", () => {
  it.live("keeps every one of many edits at once", () =>
    Effect.gen(function* () {
      const path = join(folder, "many.toml")
      const wanted = Array.from({ length: 12 }, (_, index) => `remote${index}`).toSorted()
      yield* Effect.forEach(wanted, (name) => add(path, name), { concurrency: "unbounded" })
      expect(yield* names(path)).toEqual(wanted)
      expect(fs.readdirSync(folder).filter((name) => name.startsWith("many"))).toEqual(["many.toml"])
    })
  )

  it.live("writes a file that only its owner can read, in a folder that only its owner can enter", () =>
    Effect.gen(function* () {
      const path = join(folder, "private", "config.toml")
      yield* add(path, "music")
      expect(fs.statSync(path).mode & 0o777).toBe(0o600)
      expect(fs.statSync(join(folder, "private")).mode & 0o777).toBe(0o700)
      fs.chmodSync(path, 0o644)
      yield* add(path, "photos")
      expect(fs.statSync(path).mode & 0o777).toBe(0o600)
    })
  )

  it.live("keeps a link to the file a link", () =>
    Effect.gen(function* () {
      const target = join(folder, "target.toml")
      fs.writeFileSync(target, "# dotfiles\n")
      const link = join(folder, "link.toml")
      fs.symlinkSync(target, link)
      yield* add(link, "music")
      expect(fs.lstatSync(link).isSymbolicLink()).toBe(true)
      expect(fs.readFileSync(target, "utf8")).toContain("# dotfiles\n\n[remotes.music]")
    })
  )

  it.live("does not overwrite what an editor has just saved", () =>
    Effect.gen(function* () {
      const path = join(folder, "edited.toml")
      fs.writeFileSync(path, "# old\n")
      const error = yield* Effect.flip(
        ConfigurationFile.edit(path, ({ text }) => {
          fs.writeFileSync(path, "# saved meanwhile\n")
          return Effect.succeed({ text: `${text}# more\n`, remotes: [] })
        })
      )
      expect(error.message).toContain("another program has just changed it; try again")
      expect(fs.readFileSync(path, "utf8")).toBe("# saved meanwhile\n")
    })
  )

  it.live("refuses an edit that would change another remote, and writes nothing", () =>
    Effect.gen(function* () {
      const path = join(folder, "inline.toml")
      const text = 'remotes = { photos = { type = "b2" } }\n'
      fs.writeFileSync(path, text)
      const error = yield* Effect.flip(add(path, "music"))
      expect(error.message).toContain("can not be edited line by line")
      expect(fs.readFileSync(path, "utf8")).toBe(text)
    })
  )

  it.live("refuses an edit whose text says something else than it should", () =>
    Effect.gen(function* () {
      const path = join(folder, "wrong.toml")
      const text = '[remotes.photos]\ntype = "b2"\nkeyId = "id"\n'
      fs.writeFileSync(path, text)
      const edit = ConfigurationFile.edit(path, ({ remotes }) =>
        Effect.succeed({ text: text.replace("id", "other"), remotes: remotes.values() })
      )
      expect((yield* Effect.flip(edit)).reason._tag).toBe("ConfigurationUnavailable")
      expect(fs.readFileSync(path, "utf8")).toBe(text)
    })
  )

  it.live("leaves no copy of its secrets behind when the new file can not take the place of the old", () =>
    Effect.gen(function* () {
      const path = join(folder, "stuck.toml")
      const { renameSync } = builtin
      yield* Effect.acquireUseRelease(
        Effect.sync(() => {
          builtin.renameSync = () => {
            throw Object.assign(new Error("no"), { code: "EPERM" })
          }
          syncBuiltinESMExports()
        }),
        () => Effect.flip(add(path, "music")),
        () =>
          Effect.sync(() => {
            builtin.renameSync = renameSync
            syncBuiltinESMExports()
          })
      )
      expect(fs.readdirSync(folder).filter((name) => name.startsWith("stuck"))).toEqual([])
    })
  )

  it.live("takes over the lock of an edit that was killed", () =>
    Effect.gen(function* () {
      const path = join(folder, "killed.toml")
      fs.writeFileSync(`${path}.lock`, "")
      fs.utimesSync(`${path}.lock`, new Date(0), new Date(0))
      yield* add(path, "music")
      expect(yield* names(path)).toEqual(["music"])
    })
  )

  it.live("says what is in the way when the file can not be read or written", () =>
    Effect.gen(function* () {
      const unreadable = yield* Effect.flip(ConfigurationFile.read(folder))
      expect(unreadable.reason._tag).toBe("ConfigurationUnavailable")
      expect(unreadable.message).toContain("it is a folder; set OURCLONE_CONFIG to a file")
      fs.writeFileSync(join(folder, "file"), "")
      const unwritable = yield* Effect.flip(add(join(folder, "file", "config.toml"), "music"))
      expect(unwritable.reason._tag).toBe("ConfigurationUnavailable")
    })
  )

  it.live("names file, line and column of a mistake", () =>
    Effect.gen(function* () {
      const path = join(folder, "broken.toml")
      fs.writeFileSync(path, "\n[remotes.a\n")
      const error = yield* Effect.flip(ConfigurationFile.read(path))
      expect(error.message).toContain(`${path}:2:11: expected ']'`)
      expect(error.reason).toMatchObject({ _tag: "MalformedConfiguration", path, line: 2, column: 11 })
    })
  )
})
