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

export default defineConfig({
  root: path.join(import.meta.dirname, "web"),
  plugins: [react(), compressed()],
  build: {
    outDir: path.join(import.meta.dirname, "dist/web"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: "es2024",
    cssMinify: "lightningcss"
  }
})
