/** Loads a plugin in a process of its own, to see what it is and that it does no harm to whoever loads it. */
import { execFile } from "node:child_process"
import { pathToFileURL } from "node:url"
import { specification } from "@ourclone/core/contract/Specification"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Facts } from "./InstalledPlugins.ts"
import { NoPlugin, type PluginPackage } from "./PluginPackage.ts"

/** In milliseconds: of loading, and of what it may do right after. */
const patience = 10_000
const grace = 150

const marker = "ourclone-plugin:"

/** Of another process; told by text, since nothing of this program is there. */
const script = `
const [url, grace] = process.argv.slice(1)
const alive = setInterval(() => {}, 1000)
const { default: factory } = await import(url)
const { specification, type, description, options, placeOptions, environment, connect, inDirectory } = factory ?? {}
const hasBuckets = typeof inDirectory === "function" && inDirectory("bucket/x", "folder") === "bucket/folder/x"
const isFactory = typeof type === "string" && typeof connect === "function"
await new Promise((done) => setTimeout(done, Number(grace)))
const facts = isFactory ? { specification, type, description, options, placeOptions, environment, hasBuckets } : null
process.stdout.write("\\n${marker}" + JSON.stringify(facts) + "\\n", () => process.exit(0))
`

const title = ({ name, version }: PluginPackage) => `the plugin "${name}" ${version}`

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.NullOr(Facts)))

/** The last line of what a process that failed has said is the error. */
const lastError = (text: string): string => {
  const lines = text.split("\n").filter((line) => /\S/.test(line) && !/^\s+at |^Node\.js v|^\s*\^/.test(line))
  return (
    lines.find((line) => /^(?:Uncaught )?\w*Error(?: \[\w+\])?: /.test(line))?.trim() ??
    lines.at(-1)?.trim() ??
    "it does not say why"
  )
}

interface Ended {
  readonly out: string
  readonly err: string
  readonly code: number
  readonly isKilled: boolean
}

const run = (plugin: PluginPackage, limit: number): Effect.Effect<Ended> =>
  Effect.callback((resume) => {
    const args = ["--input-type=module", "-e", script, pathToFileURL(plugin.entry).href, `${grace}`]
    const child = execFile(
      process.execPath,
      args,
      { timeout: limit, killSignal: "SIGKILL", maxBuffer: 1024 * 1024 },
      (failure, out, err) => {
        const code = failure === null ? 0 : typeof failure.code === "number" ? failure.code : -1
        resume(Effect.succeed({ out, err, code, isKilled: failure?.killed === true }))
      }
    )
    return Effect.sync(() => child.kill("SIGKILL"))
  })

const madeFor = (plugin: PluginPackage, number: number): string => {
  const what = `${title(plugin)} is made for specification ${number} of OurClone providers, and this OurClone knows ${specification}`
  return number > specification
    ? `${what}. Update OurClone`
    : `${what}. Update the plugin: ourclone plugin add ${plugin.name}@latest`
}

/** What it is. Fails with the reason why it can not be used; `builtIn` are the types that are taken. */
export const probe = Effect.fnUntraced(function* (
  plugin: PluginPackage,
  builtIn: ReadonlyArray<string>,
  limit = patience
): Effect.fn.Return<Facts, NoPlugin> {
  const { code, err, isKilled, out } = yield* run(plugin, limit)
  const refuse = (message: string) => new NoPlugin({ message })
  if (isKilled) return yield* refuse(`${title(plugin)} did not finish loading within ${limit / 1000} s`)
  const said = out.split("\n").find((line) => line.startsWith(marker))
  if (said === undefined) {
    if (code === 1 && /Error/.test(err)) return yield* refuse(`${title(plugin)} could not be loaded: ${lastError(err)}`)
    return yield* refuse(
      `${title(plugin)} ended the process (exit code ${code}) when it was tried; it was not installed`
    )
  }
  const facts = decode(said.slice(marker.length))
  if (Result.isFailure(facts)) {
    return yield* refuse(`${title(plugin)} says of itself what makes no sense: ${facts.failure.message.split("\n")[0]}`)
  }
  if (facts.success === null) {
    return yield* refuse(
      `${title(plugin)} has no default export that is a provider factory; is it an OurClone provider?`
    )
  }
  const { specification: number, type } = facts.success
  if (number !== specification) return yield* refuse(madeFor(plugin, number))
  if (!/^[a-z][a-z0-9]+$/.test(type))
    return yield* refuse(`${title(plugin)} has the type "${type}", which is none: lower-case letters and digits`)
  if (builtIn.includes(type)) {
    return yield* refuse(
      `${title(plugin)} wants to be the type "${type}", which is there already. Both can not be used`
    )
  }
  return facts.success
})
