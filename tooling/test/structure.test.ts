import * as path from "node:path"
import { describe, expect, it } from "vitest"
import { checkStructure, readTree, type SourceFile } from "../structure.ts"

const manifest = (
  folder: string,
  dependencies: ReadonlyArray<string>,
  devDependencies: ReadonlyArray<string> = []
) => ({
  path: `${folder}/package.json`,
  text: JSON.stringify({
    name: `@ourclone/${path.basename(folder)}`,
    dependencies: Object.fromEntries(dependencies.map((name) => [name, "workspace:*"])),
    devDependencies: Object.fromEntries(devDependencies.map((name) => [name, "workspace:*"]))
  })
})

const manifests: ReadonlyArray<SourceFile> = [
  manifest("packages/core", ["effect"]),
  manifest("packages/provider-local", ["@ourclone/core", "@ourclone/provider-b2"]),
  manifest("packages/provider-b2", ["@ourclone/core", "@ourclone/provider-s3"], ["@ourclone/b2-emulator"]),
  manifest("packages/provider-s3", ["@ourclone/core", "@ourclone/cli", "@ourclone/tooling"]),
  manifest("packages/backup", ["@ourclone/core", "@ourclone/provider-b2"]),
  manifest("apps/cli", ["@ourclone/core", "@ourclone/tui"]),
  manifest("apps/tui", []),
  manifest("tooling", ["@ourclone/core"]),
  manifest("tooling/b2-emulator", ["@ourclone/core"])
]

const importedLazily = (specifier: string) => `const lazy = await import("${specifier}")`

const problemsOf = (file: string, text: string) => checkStructure([...manifests, { path: file, text }])

describe("the structure check", () => {
  it("finds nothing wrong with this checkout", () => {
    expect(readTree(path.join(import.meta.dirname, "../..")).length).toBeGreaterThan(20)
    expect(checkStructure(readTree(path.join(import.meta.dirname, "../..")))).toEqual([])
  })

  it.each([
    [
      "core imports something else than effect",
      "packages/core/src/A.ts",
      `import { request } from "undici"`,
      "core imports effect"
    ],
    [
      "a provider imports another",
      "packages/provider-local/src/A.ts",
      `import * as B from "@ourclone/provider-b2/B"`,
      "providers never"
    ],
    [
      "a package imports an app",
      "packages/provider-s3/src/A.ts",
      `import "@ourclone/cli/main"`,
      "packages never import apps"
    ],
    [
      "a package imports tooling",
      "packages/provider-s3/src/A.ts",
      `export * from "@ourclone/tooling/x"`,
      "packages never import tooling"
    ],
    ["an app imports another", "apps/cli/src/A.ts", importedLazily("@ourclone/tui/App"), "apps never"],
    [
      "backup imports provider-b2",
      "packages/backup/src/A.ts",
      `import type { B } from "@ourclone/provider-b2/B"`,
      "backup never"
    ],
    [
      "the emulator imports a package",
      "tooling/b2-emulator/src/A.ts",
      `import { B } from "@ourclone/core/B"`,
      "the B2 emulator"
    ],
    [
      "a relative import leaves its package",
      "packages/core/test/A.ts",
      `import { B } from "../../backup/src/B.ts"`,
      "never leaves"
    ],
    [
      "a relative import leaves tooling/b2-emulator",
      "tooling/b2-emulator/src/A.ts",
      `import { B } from "../../B.ts"`,
      "never leaves"
    ],
    [
      "an import is not declared",
      "apps/cli/src/A.ts",
      `import { B } from "@ourclone/backup/B"`,
      "does not list @ourclone/backup"
    ],
    [
      "a shipped file needs a devDependency",
      "packages/provider-b2/src/A.ts",
      `import "@ourclone/b2-emulator/A"`,
      "never import tooling"
    ],
    [
      "an import goes over several lines",
      "packages/core/src/A.ts",
      `import {\n  a,\n  b\n} from "undici"`,
      "core imports effect"
    ],
    ["a file is called index.ts", "packages/core/src/index.ts", "", "no index files"],
    ["a folder is called utils", "packages/core/src/utils/Path.ts", "", `"utils" says nothing`],
    ["a file is called helpers", "apps/cli/test/helpers.ts", "", `"helpers.ts" says nothing`],
    ["a file has 501 lines", "packages/core/src/Long.ts", "let a = 1\n".repeat(501), "501 lines"]
  ])("complains when %s", (_, file, text, complaint) => {
    const problems = problemsOf(file, text)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(complaint)
    expect(problems[0]).toContain(file)
  })

  it.each([
    [
      "core imports effect, itself and node:",
      "packages/core/src/A.ts",
      `import "effect/Effect"\nimport "node:fs"\nimport "./B.ts"`
    ],
    [
      "a test of core imports vitest",
      "packages/core/test/A.test.ts",
      `import { it } from "vitest"\nimport "../src/A.ts"`
    ],
    ["provider-b2 builds on provider-s3", "packages/provider-b2/src/A.ts", `import "@ourclone/provider-s3/A"`],
    ["a provider's test uses the emulator", "packages/provider-b2/test/A.test.ts", `import "@ourclone/b2-emulator/A"`],
    [
      "an import is only written in a comment",
      "packages/core/src/A.ts",
      `// import "undici"\n/** import "x" */\nconst a = 1`
    ],
    ["a file has 500 lines", "packages/core/src/Long.ts", "let a = 1\n".repeat(500)]
  ])("accepts that %s", (_, file, text) => {
    expect(problemsOf(file, text)).toEqual([])
  })
})
