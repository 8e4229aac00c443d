import { spawnSync } from "node:child_process"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"

/** Says what of `Intl` is made: each costs a start 8 to 12 ms. That of the parser is taken out by `build.mjs`. */
const watched = `
  for (const name of ["NumberFormat", "DateTimeFormat", "Collator", "PluralRules", "ListFormat"])
    Intl[name] = new Proxy(Intl[name], {
      construct: (made, given) => (console.log(name), Reflect.construct(made, given)),
      apply: (made, self, given) => (console.log(name), Reflect.apply(made, self, given))
    })
`

describe("what a transfer loads", () => {
  it("makes nothing that formats numbers, times or words before there is something to format", () => {
    const source = path.join(import.meta.dirname, "..", "..", "src")
    const modules = ["Run.ts", "commands/sync.ts", "TransferCommand.ts", "JobRun.ts", "task/Recording.ts"]
    const imports = modules.map((name) => `await import(${JSON.stringify(path.join(source, name))})`)
    const loading = ["--import", `data:text/javascript,${encodeURIComponent(watched)}`, "--input-type=module"]
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [...loading, "--eval", `${imports.join("\n")}\nconsole.log("loaded")`],
      { encoding: "utf8" }
    )
    assert.deepStrictEqual({ status, stdout, stderr }, { status: 0, stdout: "loaded\n", stderr: "" })
  })
})
