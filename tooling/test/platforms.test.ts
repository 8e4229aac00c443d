/** That packages can be loaded on systems where they are not tried; `docs/platforms.md` says which those are. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"

const packages = path.join(import.meta.dirname, "..", "..", "packages")

/** What a program may import; a worker begins to work when it is loaded. */
const modules = fs
  .globSync("*/src/**/*.ts", { cwd: packages, exclude: (name) => /(^|\/)(node_modules|testing)$/.test(name) })
  .filter((file) => !/(\.d|Worker)\.ts$/.test(file) && !/\/testing\//.test(file))
  .map((file) => path.join(packages, file))

const script = (platform: string): string => `
import { registerHooks } from "node:module"
Object.defineProperty(process, "platform", { value: ${JSON.stringify(platform)} })
const asked = []
registerHooks({
  resolve: (specifier, context, next) => {
    // It brings its own part for each of these systems, which is none for this one.
    if (specifier === "sodium-native") return next("node:os", context)
    if (specifier === "koffi") asked.push(context.parentURL)
    return next(specifier, context)
  }
})
for (const module of ${JSON.stringify(modules)}) await import(module)
console.log(JSON.stringify(asked))
process.exit()
`

test.each(["darwin", "win32"])(
  "every module of the packages loads on %s, and asks for no library of the system",
  (platform) => {
    expect(modules.length).toBeGreaterThan(300)
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      ["--input-type=module", "--eval", script(platform)],
      {
        cwd: path.join(packages, "mount"),
        encoding: "utf8"
      }
    )
    expect([status, stderr.replace(/^.*Warning.*\n/gm, "")]).toEqual([0, ""])
    expect(JSON.parse(stdout)).toEqual([])
  }
)
