// Bundles the command line into dist/. main.mjs switches on Node's compile cache and loads the bundle. What is
// imported lazily becomes a file of its own, and so does every worker: a `new URL("./NameWorker.ts",
// import.meta.url)` in the sources is followed to its module. Packages with native code stay outside.
import * as fs from "node:fs"
import * as path from "node:path"
import { rolldown } from "rolldown"

const here = import.meta.dirname
const output = path.join(here, "dist")

const workers = {
  name: "ourclone-workers",
  transform(code, id) {
    const pattern = /new URL\((["'])\.\/([\w./-]+)\.ts\1,\s*import\.meta\.url\)/g
    if (!pattern.test(code)) return null
    return code.replace(pattern, (_, quote, file) => {
      const name = path.basename(file)
      this.emitFile({ type: "chunk", id: path.resolve(path.dirname(id), `${file}.ts`), name, fileName: `${name}.mjs` })
      return `new URL(${quote}./${name}.mjs${quote}, import.meta.url)`
    })
  }
}

fs.rmSync(output, { recursive: true, force: true })
const bundle = await rolldown({
  input: { ourclone: path.join(here, "src", "main.ts") },
  platform: "node",
  external: ["koffi", "sodium-native"],
  resolve: { mainFields: ["module", "main"] },
  plugins: [workers]
})
const { output: files } = await bundle.write({
  dir: output,
  format: "esm",
  minify: true,
  entryFileNames: "[name].mjs",
  chunkFileNames: "[name]-[hash].mjs"
})
await bundle.close()

const launcher = `#!/usr/bin/env node
import { enableCompileCache } from "node:module"
enableCompileCache()
await import("./ourclone.mjs")
`
fs.writeFileSync(path.join(output, "main.mjs"), launcher, { mode: 0o755 })

const bytes = files.reduce((sum, file) => sum + (file.type === "chunk" ? Buffer.byteLength(file.code) : 0), 0)
console.log(`dist: ${files.length} files, ${Math.round(bytes / 1000)} kB`)
