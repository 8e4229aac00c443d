// Bundles the command line into dist/. main.mjs switches on Node's compile cache and loads the bundle. What is
// imported lazily becomes a file of its own, and so does every worker: a `new URL("./NameWorker.ts",
// import.meta.url)` in the sources is followed to its module. Packages with native code stay outside.
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { rolldown } from "rolldown"
import * as HelpDocs from "./src/help/HelpDocs.ts"
import * as HelpText from "./src/help/HelpText.ts"
import { fileName } from "./src/help/KnownHelp.ts"
import * as ManPage from "./src/help/ManPage.ts"
import { version } from "./src/Version.ts"

const here = import.meta.dirname
const output = path.join(here, "dist")

const workerFiles = new Set()

const workers = {
  name: "ourclone-workers",
  transform(code, id) {
    const pattern = /new URL\((["'])\.\/([\w./-]+)\.ts\1,\s*import\.meta\.url\)/g
    if (!pattern.test(code)) return null
    return code.replace(pattern, (_, quote, file) => {
      const name = path.basename(file)
      const module = path.resolve(path.dirname(id), `${file}.ts`)
      workerFiles.add(module)
      this.emitFile({ type: "chunk", id: module, name, fileName: `${name}.mjs` })
      return `new URL(${quote}./${name}.mjs${quote}, import.meta.url)`
    })
  }
}

/** The parser's output makes a segmenter when it is loaded, which costs every command 12 ms: here it is made when text that is more than ASCII is laid out. */
const lazySegmenter = {
  name: "ourclone-lazy-segmenter",
  transform(code, id) {
    if (!/[\\/]effect[\\/]dist[\\/]cli[\\/]CliOutput\.js$/.test(id)) return null
    const made = /new Intl\.Segmenter\(undefined, \{\s*granularity: "grapheme"\s*\}\)/
    if (!made.test(code)) throw new Error(`${id} makes no segmenter any more: take this out`)
    return code.replace(made, (segmenter) => `{ segment(text) { return (this.own ??= ${segmenter}).segment(text) } }`)
  }
}

/** What no storage of ours speaks is loaded when it is: Node's own HTTP/2 takes every transfer 8 ms. */
const lazyHttp2 = {
  name: "ourclone-lazy-http2",
  transform(code, id) {
    if (!/[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client\.js$/.test(id)) return null
    const loaded = "const connectH2 = require('./client-h2.js')"
    if (!code.includes(loaded)) throw new Error(`${id} loads HTTP/2 in another way: change this`)
    return code.replace(loaded, "const connectH2 = (...given) => require('./client-h2.js')(...given)")
  }
}

/** The modules that `roots` import, and what those import, as far as it is not done lazily. */
const closure = (roots, context) => {
  const found = new Set()
  const waiting = [...roots]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue
    found.add(id)
    waiting.push(...(context.getModuleInfo(id)?.importedIds ?? []))
  }
  return found
}

const isEffect = (module) => /[\\/]effect[\\/]dist[\\/]/.test(module)

const source = (name) => path.join(here, "src", name)

const packages = path.resolve(here, "..", "..", "packages")
const core = (name) => path.join(packages, "core", "src", name)
const http = (name) => path.join(packages, "http", "src", name)
const jobs = (name) => path.join(packages, "jobs", "src", name)

/**
 * Loaded together, so one file each, as each file costs half a millisecond: what every command but `version` begins with, what
 * every storage needs, what questions and jobs load then, the rest of what transfers do, what writes the record of a run, what
 * asks services, and B2.
 */
const together = {
  start: [source("Run.ts"), source("Lazily.ts"), source("RequestFlags.ts")],
  storage: [
    core("contract/PlaceIdentity.ts"),
    source("FilterFlags.ts"),
    source("QueryRun.ts"),
    source("Listing.ts"),
    jobs("storage/List.ts"),
    source("commands/ls.ts")
  ],
  // The last two are for `record` too, which jobs other than transfers have.
  job: [source("JobRun.ts"), core("events/KeptVersions.ts"), jobs("place/OwnFiles.ts")],
  transfer: [
    ...["copy", "move", "sync"].map((name) => source(`commands/${name}.ts`)),
    source("TransferCommand.ts"),
    ...["Copy", "Move", "Sync"].map((name) => jobs(`transfer/${name}.ts`))
  ],
  record: [source("task/Recording.ts")],
  http: [
    ...["HttpClient.ts", "ConnectionReason.ts", "ResponseBody.ts", "Authorities.ts"].map(http),
    ...["ArrivingBytes.ts", "PathOrder.ts"].map((name) => core(`layers/${name}`))
  ],
  b2: [path.join(packages, "provider-b2", "src", "B2Provider.ts")]
}

let groups
const groupOf = (id, context) => {
  if (groups === undefined) {
    groups = new Map()
    const version = closure([source("main.ts")], context)
    const workers = closure(workerFiles, context)
    // What workers load too is in two, as only some of them need Effect.
    for (const module of closure(together.start, context)) {
      if (!workers.has(module) || version.has(module)) continue
      groups.set(module, [...closure([module], context)].some(isEffect) ? "effect" : "system")
    }
    for (const [name, roots] of Object.entries(together)) {
      for (const module of closure(roots, context))
        if (!version.has(module) && !workers.has(module) && !groups.has(module)) groups.set(module, name)
    }
  }
  return groups.get(id) ?? null
}

fs.rmSync(output, { recursive: true, force: true })
const bundle = await rolldown({
  input: { ourclone: source("main.ts") },
  platform: "node",
  // What ssh2 tries to load to be faster, and Ink to be watched while it is developed; both do without.
  external: ["koffi", "sodium-native", "cpu-features", "react-devtools-core", /\.node$/],
  // React's own checks are for who develops: half of it.
  transform: { define: { "process.env.NODE_ENV": '"production"' } },
  preserveEntrySignatures: "allow-extension",
  resolve: { mainFields: ["module", "main"] },
  plugins: [workers, lazySegmenter, lazyHttp2]
})
const { output: files } = await bundle.write({
  dir: output,
  format: "esm",
  minify: true,
  entryFileNames: "[name].mjs",
  chunkFileNames: "[name]-[hash].mjs",
  codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: groupOf, debugName: "together" }] }
})
await bundle.close()

// The service's page, which is built before.
const page = path.join(here, "..", "server", "dist", "web")
if (fs.existsSync(page)) fs.cpSync(page, path.join(output, "web"), { recursive: true })

const launcher = `#!/usr/bin/env node
const { node } = process.versions
if (Number(node.split(".")[0]) < 24) {
  process.stderr.write("ourclone: it needs Node 24 or newer, and this is Node " + node + ": see https://nodejs.org\\n")
  process.exitCode = 1
} else {
  const { enableCompileCache } = await import("node:module")
  enableCompileCache()
  await import("./ourclone.mjs")
}
`
fs.writeFileSync(path.join(output, "main.mjs"), launcher, { mode: 0o755 })

const docs = await Effect.runPromise(HelpDocs.all)
const texts = Object.fromEntries([...docs].map(([command, doc]) => [command, HelpText.of(doc, { colors: true })]))
fs.writeFileSync(path.join(output, fileName), JSON.stringify(texts))
fs.mkdirSync(path.join(output, "man"))
for (const [command, doc] of docs) {
  fs.writeFileSync(path.join(output, "man", ManPage.fileName(command)), ManPage.of(command, doc, version))
}

const bytes = files.reduce((sum, file) => sum + (file.type === "chunk" ? Buffer.byteLength(file.code) : 0), 0)
console.log(`dist: ${files.length} files, ${Math.round(bytes / 1000)} kB`)
