/** A package that says of itself that it is a provider; nothing of it is run to learn that. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Schema from "effect/Schema"

export interface PluginPackage {
  readonly name: string
  readonly version: string
  /** The file that is loaded. */
  readonly entry: string
}

/** Why it is none, in words that follow its name. */
export class NoPlugin extends Schema.TaggedError<NoPlugin>()("NoPlugin", { message: Schema.String }) {}

const PackageJson = Schema.Struct({
  name: Schema.String,
  version: Schema.optionalKey(Schema.String),
  main: Schema.optionalKey(Schema.String),
  exports: Schema.optionalKey(Schema.Unknown),
  ourclone: Schema.optionalKey(Schema.Struct({ provider: Schema.String, specification: Schema.Number }))
})

const decode = Schema.decodeUnknownSync(PackageJson)

/** What `import` of the package would load. */
const targetOf = (exports: unknown): string | undefined => {
  if (typeof exports === "string") return exports
  if (typeof exports !== "object" || exports === null) return undefined
  const of = exports as Record<string, unknown>
  return targetOf(of["."]) ?? targetOf(of.import) ?? targetOf(of.node) ?? targetOf(of.default)
}

/** Throws a `NoPlugin`. */
export const read = (folder: string): PluginPackage => {
  const file = path.join(folder, "package.json")
  let json: typeof PackageJson.Type
  try {
    json = decode(JSON.parse(fs.readFileSync(file, "utf8")))
  } catch (error) {
    throw new NoPlugin({ message: `${file} can not be read: ${error instanceof Error ? error.message : error}` })
  }
  const { exports, main, name, ourclone, version = "0.0.0" } = json
  if (ourclone === undefined) {
    throw new NoPlugin({
      message: `"${name}" does not say that it is an OurClone provider: its package.json has no "ourclone"`
    })
  }
  const entry = path.resolve(folder, targetOf(exports) ?? main ?? "index.js")
  if (!fs.existsSync(entry)) throw new NoPlugin({ message: `"${name}" ${version} lacks ${entry}: was it built?` })
  return { name, version, entry }
}
