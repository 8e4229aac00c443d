/** Builds the page into `dist/web`, each file beside its compressed forms, with nothing inline, so that a strict CSP holds. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as zlib from "node:zlib"
import react from "@vitejs/plugin-react"
import { defineConfig, type Plugin } from "vite"

const compressed = (): Plugin => {
  let outDir = ""
  return {
    name: "compressed",
    apply: "build",
    configResolved(config) {
      outDir = path.resolve(config.root, config.build.outDir)
    },
    closeBundle() {
      for (const name of fs.globSync("**/*.{js,css,html,svg,json}", { cwd: outDir })) {
        const file = path.join(outDir, name)
        const content = fs.readFileSync(file)
        fs.writeFileSync(`${file}.gz`, zlib.gzipSync(content, { level: 9 }))
        fs.writeFileSync(`${file}.br`, zlib.brotliCompressSync(content))
      }
    }
  }
}

const imported = 'import * as Schema from "effect/Schema"'
/** Any call or member of it is itself again. */
const inert = "const Schema = new Proxy(() => {}, { get: () => Schema, apply: () => Schema })"

/**
 * The service checks by schemas, the page takes their types alone: those that pure modules of core and tasks declare beside their
 * rules are left out of it, and with them a tenth of the page.
 */
const withoutSchemas = (): Plugin => ({
  name: "withoutSchemas",
  enforce: "pre",
  transform: (code, id) =>
    /[\\/]packages[\\/](core|tasks)[\\/]src[\\/]/.test(id) && code.includes(imported)
      ? { code: code.replace(imported, inert), map: null }
      : undefined
})

export default defineConfig({
  root: path.join(import.meta.dirname, "web"),
  plugins: [react(), withoutSchemas(), compressed()],
  build: {
    outDir: path.join(import.meta.dirname, "dist/web"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: "es2024",
    cssMinify: "lightningcss"
  }
})
