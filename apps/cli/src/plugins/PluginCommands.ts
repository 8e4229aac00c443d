/** `plugin`: providers that others wrote. */
import { execFile } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { pad, printable } from "@ourclone/core/events/PrintableText"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import * as Effect from "effect/Effect"
import * as ExitCode from "../ExitCode.ts"
import * as Output from "../Output.ts"
import { Streams } from "../Streams.ts"
import * as InstalledPlugins from "./InstalledPlugins.ts"
import { folderIn } from "./PluginFolder.ts"
import * as PluginPackage from "./PluginPackage.ts"
import * as PluginProbe from "./PluginProbe.ts"

const stopped = (message: string) => new ExitCode.CommandStopped({ code: ExitCode.failed, message })

/** The line of what npm says that tells the cause, which follows its code: the last one only names a log. */
const causeOf = (said: string): string => {
  const lines = said.split("\n").flatMap((line) => /^npm (?:error|ERR!) (.*\S)/.exec(line)?.[1] ?? [])
  const code = lines.find((line) => line.startsWith("code "))?.slice("code ".length) ?? ""
  const word = code.replace(/^E(?=\d)/, "").toLowerCase()
  const told = word === "" ? undefined : lines.find((line) => line.toLowerCase().startsWith(`${word} `))
  return told?.slice(word.length + 1) ?? lines[0] ?? said.trim()
}

/** Scripts of packages are never run. */
const npm = (folder: string, ...args: ReadonlyArray<string>) =>
  Effect.callback<string, ExitCode.CommandStopped>((resume) => {
    makeFolder(folder)
    const all = [...args, "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"]
    execFile("npm", all, { cwd: folder, maxBuffer: 16 * 1024 * 1024 }, (failure, out, err) => {
      if (failure === null) return resume(Effect.succeed(out))
      const because = failure.code === "ENOENT" ? "npm is not installed; give a folder instead" : causeOf(err)
      resume(Effect.fail(stopped(`npm could not bring the package: ${because}`)))
    })
  })

const installed = (folder: string): Readonly<Record<string, string>> => {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")).dependencies ?? {}
  } catch {
    return {}
  }
}

/** A folder is used where it is; a package is brought by npm. */
const folderOf = Effect.fnUntraced(function* (folder: string, spec: string) {
  const here = path.resolve(spec)
  if (fs.existsSync(path.join(here, "package.json"))) return { folder: here, isOurs: false }
  const before = installed(folder)
  yield* npm(folder, "install", fs.existsSync(here) ? here : spec)
  const after = installed(folder)
  const name = Object.keys(after).find((each) => after[each] !== before[each]) ?? spec.replace(/(?<=.)@[^/]*$/, "")
  return { folder: path.join(folder, "node_modules", name), isOurs: true }
})

export const add = Effect.fnUntraced(function* (flags: { readonly plugin: string }) {
  const output = yield* Output.make
  const folder = folderIn((yield* Streams).environment)
  const remotes = yield* Remotes
  const found = yield* folderOf(folder, flags.plugin)
  const drop = (name: string) => (found.isOurs ? Effect.ignore(npm(folder, "uninstall", name)) : Effect.void)
  const known = InstalledPlugins.read(folder)
  const tried = Effect.gen(function* () {
    const plugin = yield* Effect.try({
      try: () => PluginPackage.read(found.folder),
      catch: (error) => error as PluginPackage.NoPlugin
    })
    const own = known.find(({ name }) => name === plugin.name)?.facts.type
    const taken = remotes.factories.map(({ type }) => type).filter((type) => type !== own)
    const facts = yield* PluginProbe.probe(plugin, taken)
    return { ...plugin, from: flags.plugin, facts } satisfies InstalledPlugins.Plugin
  })
  const plugin = yield* Effect.catch(tried, ({ message }) =>
    Effect.andThen(drop(path.basename(found.folder)), Effect.fail(stopped(message)))
  )
  InstalledPlugins.write(folder, [...known.filter(({ name }) => name !== plugin.name), plugin])
  const { type } = plugin.facts
  if (output.isJson) return output.json({ _tag: "Plugin", name: plugin.name, version: plugin.version, type })
  output.line(`added ${printable(plugin.name)} ${printable(plugin.version)}: ourclone remote add NAME ${type}`)
  output.note("note: a plugin can do all that you can do; use only those that you trust")
}, Effect.scoped)

export const list = Effect.gen(function* () {
  const output = yield* Output.make
  const folder = folderIn((yield* Streams).environment)
  for (const { facts, from, name, version } of InstalledPlugins.read(folder)) {
    if (output.isJson) output.json({ _tag: "Plugin", name, version, type: facts.type, from })
    else output.line(`${pad(printable(facts.type), 12)} ${printable(name)} ${printable(version)}  (${printable(from)})`)
  }
}).pipe(Effect.scoped)

export const remove = Effect.fnUntraced(function* (flags: { readonly plugin: string; readonly force: boolean }) {
  const output = yield* Output.make
  const folder = folderIn((yield* Streams).environment)
  const remotes = yield* Remotes
  const known = InstalledPlugins.read(folder)
  const plugin = known.find(({ facts, name }) => name === flags.plugin || facts.type === flags.plugin)
  if (plugin === undefined) return yield* ExitCode.usage(`there is no plugin "${flags.plugin}"`)
  const users = (yield* remotes.list).filter(({ type }) => type === plugin.facts.type).map(({ name }) => name)
  if (users.length > 0 && !flags.force) {
    return yield* stopped(`remotes are of its type: ${users.join(", ")}. Remove them first, or give --force`)
  }
  InstalledPlugins.write(
    folder,
    known.filter((each) => each !== plugin)
  )
  if (installed(folder)[plugin.name] !== undefined) yield* npm(folder, "uninstall", plugin.name)
  output.note(`removed ${printable(plugin.name)}`)
}, Effect.scoped)
