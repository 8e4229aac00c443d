/** Each way to name a place outside of the allowed folders, one by one. Which fields there are is asked by `PlaceFields.test.ts`. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import { Effect, Schema } from "effect"
import { expect, onTestFinished, test } from "vitest"
import { AllowedRoots } from "../../src/places/AllowedRoots.ts"
import * as PlaceGuard from "../../src/places/PlaceGuard.ts"

/** Another remote seen through something, as encrypted ones are. */
const over = ProviderFactory.makeOver({
  type: "over",
  description: "Another remote",
  options: Schema.Struct({ remote: Schema.String }),
  beneath: ({ remote }) => Effect.succeed(remote),
  around: (provider) => Effect.succeed(provider)
})

const prepared = (isWhole = false) => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "guard-")))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const at = (name: string) => path.join(folder, name)
  for (const name of ["home", "outside", "home/settings"]) fs.mkdirSync(at(name))
  const configuration = at("home/settings/config.toml")
  fs.writeFileSync(
    configuration,
    `[remotes.disk]\ntype = "local"\n[remotes.there]\ntype = "local"\ndir = "${at("outside")}"\n
[remotes.here]\ntype = "local"\ndir = "${at("home")}"\n[remotes.through]\ntype = "over"\nremote = "${at("outside")}"\n
[remotes.twice]\ntype = "over"\nremote = "through:"\n[remotes.ring]\ntype = "over"\nremote = "ring:"\n
[repositories.away]\nlocation = "${at("outside")}"\n[repositories.home]\nlocation = "${at("home/r")}"\n`,
    { mode: 0o600 }
  )
  const roots = AllowedRoots.make({ roots: [at("home")], closed: [configuration, at("home/state")] })
  const layer = Remotes.layer({
    factories: [local, over],
    environment: { OURCLONE_CONFIG: configuration },
    directory: folder
  })
  const guard = Effect.runSync(
    Effect.provide(
      Effect.map(Remotes, (remotes) =>
        PlaceGuard.make({
          isWhole,
          remotes,
          judge: (names) =>
            Effect.promise(async () => Promise.all(names.map(async (name) => (await roots).judge(name))))
        })
      ),
      layer
    )
  )
  const codeOf = (guarded: Effect.Effect<void, { readonly code: string }>) =>
    Effect.runPromise(Effect.match(guarded, { onSuccess: () => "allowed", onFailure: ({ code }) => code }))
  return { at, guard, codeOf, configuration }
}

const places = [
  ...["source", "destination", "backupDir", "compareDest", "copyDest", "first", "second", "path"],
  ...["repository", "fromRepository", "copyChunkerFrom", "remote", "bucket"]
]
const folders = ["target", "temporary", "directory", "paths", "point"]

test.each([...places, ...folders])("%s leads out of no allowed folder", async (field) => {
  const { at, codeOf, guard } = prepared()
  const inside = folders.includes(field) ? [at("home/a")] : [at("home/a"), `disk:${at("home/a")}`, "here:a"]
  for (const text of inside)
    expect([text, await codeOf(guard.request({ [field]: text }, undefined))]).toEqual([text, "allowed"])
  const outside = folders.includes(field)
    ? [at("outside"), "relative"]
    : [
        at("outside"),
        `disk:${at("outside")}`,
        `local:${at("outside")}`,
        "there:",
        "here:../outside",
        "through:",
        "twice:",
        "ring:",
        "a\0b"
      ]
  for (const text of outside) {
    expect([text, await codeOf(guard.request({ [field]: text }, undefined))]).toEqual([text, "PlaceNotAllowed"])
  }
})

test.each(["paths", "target"])("no one of several %s leads out of the allowed folders", async (field) => {
  const { at, codeOf, guard } = prepared()
  const request = { [field]: [at("home"), at("outside")] }
  expect(await codeOf(guard.request(request, undefined))).toBe("PlaceNotAllowed")
})

test.each(["repository", "fromRepository", "copyChunkerFrom"])("the %s of a name is where it is", async (field) => {
  const { codeOf, guard } = prepared()
  expect(await codeOf(guard.request({ [field]: "home" }, undefined))).toBe("allowed")
  expect(await codeOf(guard.request({ [field]: "away" }, undefined))).toBe("PlaceNotAllowed")
})

test.each([
  ...["rawPaths", "stdinFilename", "cacheDirectory"],
  ...["address", "hostNames", "certificate", "certificateKey"]
])("%s is said on the machine alone", async (field) => {
  const { at, codeOf, guard } = prepared()
  expect(await codeOf(guard.request({ [field]: at("home/a") }, undefined))).toBe("PlaceNotAllowed")
})

test("links are followed only where everything is allowed", async () => {
  const part = prepared()
  expect(await part.codeOf(part.guard.request({ copyLinks: true }, undefined))).toBe("PlaceNotAllowed")
  const whole = prepared(true)
  expect(await whole.codeOf(whole.guard.request({ copyLinks: true }, undefined))).toBe("allowed")
})

test.each([
  ["local", "dir"],
  ["b2", "remote"],
  ...["keyFile", "knownHosts", "agent", "caFile"].map((option) => ["sftp", option])
])("a remote of type %s has no %s outside of the allowed folders", async (type = "", option = "") => {
  const { at, codeOf, guard } = prepared()
  expect(await codeOf(guard.options(type, { [option]: at("home/a") }))).toBe("allowed")
  for (const text of [at("outside"), "relative"]) {
    const options = { [option]: option === "remote" && text === "relative" ? "through:" : text }
    expect([text, await codeOf(guard.options(type, options))]).toEqual([text, "PlaceNotAllowed"])
  }
})

test("what is allowed is what it leads to", async () => {
  const { at, configuration } = prepared()
  fs.symlinkSync(at("outside"), at("home/link"))
  fs.symlinkSync(at("outside/not-yet"), at("home/dangling"))
  fs.symlinkSync(at("home"), at("way-in"))
  fs.symlinkSync("loop", at("home/loop"))
  fs.mkdirSync(at("home-beside"))
  const roots = await AllowedRoots.make({ roots: [at("home")], closed: [configuration, at("home/state")] })
  const judged = async (names: ReadonlyArray<string>) => {
    const verdicts = await Promise.all(names.map((name) => roots.judge(name)))
    return names.filter((_, index) => verdicts[index]?._tag === "Allowed")
  }
  const inside = [at("home"), at("home/a/b/c"), at("way-in/a"), at("home/statement")]
  expect(await judged(inside)).toEqual(inside)
  expect(
    await judged([
      ...["home/a", "", "."],
      ...[at("outside"), at("home-beside"), at("home/link"), at("home/link/a"), at("home/dangling"), at("home/loop")],
      ...[at("way-in/link"), `${at("home")}/a/../b`, `${at("home")}/a\\..\\b`, `${at("home")}/a\0b`],
      ...[configuration, `${configuration}.1.tmp`, at("home/state"), at("home/state/tasks.sqlite")]
    ])
  ).toEqual([])
  expect(await roots.judge(`${at("home")}/a\0b`)).toEqual({ _tag: "Refused", because: "it holds a NUL character" })
  // Of this folder nobody said that it is meant.
  expect((await (await AllowedRoots.make({ roots: [process.cwd()], closed: [] })).judge("a"))._tag).toBe("Refused")
  expect((await (await AllowedRoots.make({ roots: [], closed: [] })).judge(at("home")))._tag).toBe("Refused")
})
