import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as zlib from "node:zlib"
import { build } from "vite"
import { afterAll, beforeAll, expect, test, vi } from "vitest"

const root = path.join(import.meta.dirname, "../..")
const outDir = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-page-"))

beforeAll(async () => {
  // vitest says "test", with which React would be the one for its developers.
  vi.stubEnv("NODE_ENV", "production")
  await build({
    configFile: path.join(root, "vite.config.ts"),
    logLevel: "silent",
    build: { outDir, emptyOutDir: true }
  })
})
afterAll(() => fs.rmSync(outDir, { recursive: true, force: true }))

const files = () =>
  fs
    .readdirSync(outDir, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(js|css|html|svg)$/.test(name))
    .map((name) => ({ name, text: fs.readFileSync(path.join(outDir, name), "utf8") }))

test("the page with all its screens is less than 250 kB compressed", () => {
  const bytes = files().reduce((sum, { text }) => sum + zlib.gzipSync(text, { level: 9 }).length, 0)
  expect(bytes).toBeLessThan(250_000)
})

test("nothing stands in the document that a strict policy refuses, and nothing is asked of other hosts", () => {
  const html = files().find(({ name }) => name === "index.html")?.text ?? ""
  expect(html).toContain('src="/assets/')
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|https?:\/\//)
  for (const { name, text } of files()) {
    if (name.endsWith(".css")) expect(text, name).not.toMatch(/@import|url\((?!"?(?:\/|data:))/)
  }
})

test("each file lies beside its compressed forms", () => {
  for (const { name } of files()) {
    expect(fs.existsSync(path.join(outDir, `${name}.gz`)), name).toBe(true)
    expect(fs.existsSync(path.join(outDir, `${name}.br`)), name).toBe(true)
  }
})
