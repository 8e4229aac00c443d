import * as path from "node:path"
import { describe, expect, it } from "vitest"
import { readTree, type SourceFile } from "../structure/SourceFile.ts"
import { stillAllowed } from "../structure/stillAllowed.ts"
import { checkStructure } from "../structure.ts"

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
  manifest(
    "packages/backup",
    ["@ourclone/core", "@ourclone/provider-b2", "@ourclone/jobs"],
    ["@ourclone/provider-local"]
  ),
  manifest(
    "packages/jobs",
    ["@ourclone/backup", "@ourclone/core", "@ourclone/provider-b2"],
    ["@ourclone/provider-local"]
  ),
  manifest("packages/mount", ["@ourclone/backup"]),
  manifest("packages/tasks", ["@ourclone/jobs"]),
  manifest("apps/cli", ["@ourclone/core", "@ourclone/tui", "@ourclone/server"]),
  manifest("apps/tui", ["@ourclone/cli"]),
  manifest("apps/server", []),
  manifest("tooling", ["@ourclone/core"]),
  manifest("tooling/b2-emulator", ["@ourclone/core"])
]

const importedLazily = (specifier: string) => `const lazy = await import("${specifier}")`

const problemsOf = (file: string, text: string, allowed: ReadonlyArray<string> = []) =>
  checkStructure([...manifests, { path: file, text }], allowed)

describe("the structure check", () => {
  it("finds nothing wrong with this checkout", () => {
    expect(readTree(path.join(import.meta.dirname, "../..")).length).toBeGreaterThan(20)
    expect(checkStructure(readTree(path.join(import.meta.dirname, "../..")), stillAllowed)).toEqual([])
  })

  it.each([
    [
      "core imports something else than effect",
      "packages/core/src/engine/A.ts",
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
    ["another app's entry is loaded at once", "apps/cli/src/A.ts", `import "@ourclone/tui/main"`, "only by import()"],
    ["an app loads the command line", "apps/tui/src/A.ts", importedLazily("@ourclone/cli/main"), "apps never"],
    [
      "backup imports provider-b2",
      "packages/backup/src/go/A.ts",
      `import type { B } from "@ourclone/provider-b2/B"`,
      "named by apps alone"
    ],
    [
      "jobs imports a provider",
      "packages/jobs/src/A.ts",
      `import { B } from "@ourclone/provider-b2/B"`,
      "named by apps alone"
    ],
    ["backup imports jobs", "packages/backup/src/go/A.ts", `import "@ourclone/jobs/kind/JobKind"`, "downwards only"],
    ["mount imports backup", "packages/mount/src/A.ts", `import "@ourclone/backup/go/Hex"`, "downwards only"],
    ["a provider imports backup", "packages/provider-local/src/A.ts", `import "@ourclone/backup/A"`, "need only core"],
    ["a file can not be parsed", "packages/core/src/engine/A.ts", "const a = (", "can not be parsed"],
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
      "packages/core/src/engine/A.ts",
      `import {\n  a,\n  b\n} from "undici"`,
      "core imports effect"
    ],
    ["a file is called index.ts", "packages/core/src/engine/index.ts", "", "no index files"],
    ["a folder is called utils", "packages/core/src/engine/utils/Path.ts", "", `"utils" says nothing`],
    ["a file is called helpers", "apps/cli/test/helpers.ts", "", `"helpers.ts" says nothing`],
    ["a file has 501 lines", "packages/core/src/engine/Long.ts", "let a = 1\n".repeat(501), "501 lines"]
  ])("complains when %s", (_, file, text, complaint) => {
    const problems = problemsOf(file, text)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(complaint)
    expect(problems[0]).toContain(file)
  })

  it.each([
    [
      "core imports effect, itself and node:",
      "packages/core/src/engine/A.ts",
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
      "packages/core/src/engine/A.ts",
      `// import "undici"\n/** import "x" */\nconst a = 1`
    ],
    [
      "an import is only written in a text",
      "packages/core/src/engine/A.ts",
      'const a = `\nimport "undici"\n`\nconst b = /import "undici"/'
    ],
    ["the command line loads another app's entry lazily", "apps/cli/src/A.ts", importedLazily("@ourclone/server/main")],
    [
      "a test of backup or jobs uses a provider",
      "packages/jobs/test/A.test.ts",
      `import "@ourclone/provider-local/LocalFactory"`
    ],
    ["tasks stands on jobs", "packages/tasks/src/runner/A.ts", `import "@ourclone/jobs/kind/JobKind"`],
    ["a file has 500 lines", "packages/core/src/engine/Long.ts", "let a = 1\n".repeat(500)]
  ])("accepts that %s", (_, file, text) => {
    expect(problemsOf(file, text)).toEqual([])
  })

  describe("keeps the process to the app:", () => {
    it.each([
      ["the working directory", "const folder = process.cwd()", "line 1 uses process.cwd"],
      ["the environment", `const { env } = process`, "line 1 uses process:"],
      ["the environment by its name in brackets", `const home = process["env"].HOME`, "line 1 uses process.env"],
      ["a member that only running tells", `const at = (key: "pid") => process[key]`, "line 1 uses process.[…]"],
      [
        "a signal, after a text of many letters",
        `const é = "𝒳😀"\n\nprocess?.on("SIGINT", () => {})`,
        "line 3 uses process.on"
      ],
      ["the whole process under another name", "const host = process", "line 1 uses process:"],
      ["the whole process as a field", "const host = { process }", "line 1 uses process:"],
      ["its end, inside a template", `const text = \`a \${process.exit(1)} b\``, "line 1 uses process.exit"],
      ["the global object's", "globalThis.process.exit(1)", "line 1 uses globalThis.process"],
      ["the global object's in brackets", `globalThis["process"].exit(1)`, "line 1 uses globalThis.process"],
      ["the global object as a whole", "const { process: host } = globalThis", "line 1 uses globalThis:"],
      ["global's", "global.process.exit(1)", "line 1 uses global.process"],
      ["global under another name", "const host = global", "line 1 uses global:"],
      ["the module", `import * as host from "node:process"`, `imports "node:process"`],
      ["the module without its prefix", `import { exit } from "process"`, `imports "process"`],
      ["the module, late", `const host = await import("node:process")`, `imports "node:process"`],
      ["the module, late and in a template", "const host = await import(`node:process`)", `imports "node:process"`]
    ])("refuses %s", (_, text, complaint) => {
      const problems = problemsOf("packages/backup/src/go/A.ts", text)
      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain(complaint)
    })

    it.each([
      ["what it runs on", "const on = [process.platform, process.arch, process.versions.node, process.pid]"],
      ["who it runs as", "const who = [process.getuid?.(), process.geteuid?.(), process.getgid?.()]"],
      ["memory and time", "const now = [process.memoryUsage().rss, process.hrtime.bigint(), process.cpuUsage()]"],
      ["fields of that name", "const own = { process: 1 }\ninterface A { readonly process: string }\nown.process"],
      [
        "comments, texts and patterns",
        "// process.exit()\nconst a = 'process.exit()' + `process.env` + /process.env/.source"
      ]
    ])("accepts %s", (_, text) => {
      expect(problemsOf("packages/backup/src/go/A.ts", text)).toEqual([])
    })

    it("but not in what is for tests, in tests and in apps", () => {
      expect(problemsOf("packages/core/src/testing/A.ts", "process.exit(1)")).toEqual([])
      expect(problemsOf("packages/core/test/A.test.ts", "process.exit(1)")).toEqual([])
      expect(problemsOf("apps/cli/src/A.ts", `import "node:process"\nprocess.exit(1)`)).toEqual([])
    })
  })

  describe("keeps the environment to the app, by whatever way:", () => {
    const of = `import { spawn } from "node:child_process"\nimport * as os from "node:os"\n`
    it.each([
      ["a child that inherits it", `${of}spawn("a", ["b"])`, `line 3 starts a process`],
      ["one with other options", `${of}spawn("a", { shell: true })`, "line 3 starts"],
      ["one that is started later", `${of}const later = promisify(spawn)`, "line 3 starts"],
      ["one by the module", `import * as child from "child_process"\nchild.execFileSync("a")`, "(execFileSync)"],
      ["one under another name", `import { fork as start } from "node:child_process"\nstart("a")`, "(fork)"],
      ["the home folder", `${of}const home = os.homedir()`, "line 3 uses homedir"],
      ["the home folder by its name", `import { homedir } from "os"\nconst home = homedir()`, "line 2 uses homedir"]
    ])("refuses %s", (_, text, complaint) => {
      const problems = problemsOf("packages/backup/src/go/A.ts", text)
      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain(complaint)
    })

    it.each([
      ["a child whose environment is said", `${of}spawn("a", ["b"], { env: { ...environment } })\nspawn("a", { env })`],
      ["what the account of the user says", `${of}const home = os.userInfo().homedir`],
      [
        "types and others of that name",
        `import type { spawn } from "node:child_process"\nfleet.spawn()\nconst a = { spawn: 1 }`
      ]
    ])("accepts %s", (_, text) => {
      expect(problemsOf("packages/backup/src/go/A.ts", text)).toEqual([])
    })
  })

  describe("keeps the face's words out of packages:", () => {
    it.each([
      ["a flag", `const a = "say --max-delete 5"`, `line 1 says "--max-delete"`],
      ["a flag at the beginning", `const a = '--delete removes it'`, `line 1 says "--delete"`],
      ["a flag in a template", `const a = 1\nconst b = \`\${a} of them; see --host\``, `line 2 says "--host"`],
      ["a flag that is put together", `const b = (flag: string) => \`say --\${flag}\``, `line 1 says "--…"`],
      [
        "a flag in a template in a template",
        `const b = \`a \${[1].map((n) => \`no --x \${n}\`)} b\``,
        `line 1 says "--x"`
      ],
      ["a command", `const a = "run ourclone repo check"`, `line 1 says "ourclone repo"`],
      [
        "a command that is put together",
        `const b = (name: string) => \`run ourclone \${name}\``,
        `line 1 says "ourclone …"`
      ],
      ["a flag in quotes", 'const a = "see `--delete`"', `line 1 says "--delete"`],
      ["a flag in brackets", `const a = "it stays (--keep)"`, `line 1 says "--keep"`],
      ["a command whose name is in quotes", 'const a = "run `ourclone` sync"', 'says "ourclone` sync"'],
      ["a command that is put together of pieces", `const a = (b: string) => "run ourclone " + b`, "says"],
      ["a flag after a pattern with a quote", `const a = /["'\`]/.test("'") ? " --a" : 1`, `line 1 says "--a"`]
    ])("refuses %s", (_, text, complaint) => {
      const problems = problemsOf("packages/core/src/engine/A.ts", text)
      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain(complaint)
    })

    it.each([
      ["comments", "// see --max-delete\n/** run ourclone repo check */\nconst a = 1 /* --x */"],
      ["counting down", `let a = 2\nconst b = \`\${a}\` + --a + (a ? --a : 0)`],
      ["patterns", "const a = /run ourclone repo check --now/"],
      ["dashes and the name", `const a = "a -- b, a--b, ourclone/1.0, ourclone: no, -----BEGIN"`]
    ])("accepts %s", (_, text) => {
      expect(problemsOf("packages/core/src/engine/A.ts", text)).toEqual([])
    })

    it("but not out of what is for tests, of tests and of apps", () => {
      for (const file of ["packages/core/src/testing/A.ts", "packages/core/test/A.test.ts", "apps/cli/src/A.ts"]) {
        expect(problemsOf(file, `const a = "run ourclone repo check --now"`)).toEqual([])
      }
    })
  })

  describe("keeps what a package runs to its run:", () => {
    const of = `import * as Effect from "effect/Effect"\nimport * as Stream from "effect/Stream"\n`
    it.each([
      ["a promise", `${of}Effect.runPromise(a)`, "line 3 uses runPromise,"],
      ["a promise of how it ends", `${of}void Effect.runPromiseExit(a)`, "uses runPromiseExit,"],
      ["a fiber, late", `${of}\nconst b = () => Effect.runFork(a)`, "line 4 uses runFork,"],
      ["a callback", `${of}Effect["runCallback"](a)`, "uses runCallback,"],
      ["at once", `${of}const b = Effect.runSync`, "uses runSync,"],
      ["a stream", `${of}for await (const b of Stream.toAsyncIterable(a)) b`, "uses toAsyncIterable,"],
      ["under another name", `import * as E from "effect/Effect"\nE.runFork(a)`, "line 2 uses runFork,"],
      ["by the root of the library", `import { Effect as E } from "effect"\nE.runFork(a)`, "line 2 uses runFork,"],
      ["by its own name", `import { runFork as run } from "effect/Effect"`, "line 1 uses runFork,"]
    ])("refuses to run %s", (_, text, complaint) => {
      const problems = problemsOf("packages/backup/src/go/A.ts", text)
      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain(complaint)
    })

    it.each([
      ["what is given a context", `${of}Effect.runPromiseWith(context)(a)\nStream.toAsyncIterableWith(a, context)`],
      ["another's runners", "world.runFork(a)\nconst Effect = {}\nEffect.runSync()"],
      ["what only is said", `${of}// Effect.runFork(a)\nconst a = "Effect.runFork(a)"`]
    ])("accepts %s", (_, text) => {
      expect(problemsOf("packages/backup/src/go/A.ts", text)).toEqual([])
    })

    it("but not in what is for tests, in tests and in apps", () => {
      for (const file of ["packages/core/src/testing/A.ts", "packages/core/test/A.test.ts", "apps/cli/src/A.ts"]) {
        expect(problemsOf(file, `${of}Effect.runFork(a)`)).toEqual([])
      }
    })
  })

  describe("keeps the arrows between the rooms of a package downwards:", () => {
    it.each([
      [
        "up",
        "packages/backup/src/repository/A.ts",
        `import "../archive/B.ts"`,
        "repository stands beside or below archive"
      ],
      ["sideways", "packages/backup/src/care/A.ts", `import "../look/B.ts"`, "care stands beside or below look"],
      [
        "up, for a type alone",
        "packages/core/src/contract/A.ts",
        `import type { B } from "../engine/B.ts"`,
        "contract stands"
      ],
      ["up, lazily", "packages/core/src/layers/A.ts", `const b = import("../engine/B.ts")`, "layers stands"],
      ["up, lazily, in a template", "packages/core/src/layers/A.ts", "const b = import(`../engine/B.ts`)", "layers"],
      ["up, in an app", "apps/tui/src/words/A.ts", `import "../screens/B.ts"`, "words stands beside or below screens"],
      ["up, as an export", "packages/core/src/filter/A.ts", `export * from "../engine/B.ts"`, "filter stands"],
      [
        "up, by the name of the package",
        "packages/core/src/filter/A.ts",
        `import "@ourclone/core/engine/B"`,
        "filter stands"
      ],
      [
        "up, to a thread's file",
        "packages/backup/src/threads/A.ts",
        `const thread = new Worker(new URL("../archive/B.ts", import.meta.url))`,
        "threads stands"
      ],
      [
        "from a room out of it",
        "packages/provider-b2/src/api/A.ts",
        `import "../B2Files.ts"`,
        "api stands beside or below ."
      ],
      ["into what is for tests", "packages/core/src/engine/A.ts", `import "../testing/B.ts"`, "engine stands"]
    ])("refuses one %s", (_, file, text, complaint) => {
      const problems = problemsOf(file, text)
      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain(complaint)
    })

    it.each([
      ["down", "packages/backup/src/care/A.ts", `import "../go/B.ts"`],
      ["within a room", "packages/backup/src/care/A.ts", `import "./B.ts"`],
      ["down from the package's own files", "packages/provider-b2/src/A.ts", `import "./api/B.ts"`],
      ["from what is for tests", "packages/core/src/testing/A.ts", `import "../engine/B.ts"`],
      ["from a test", "packages/core/test/engine/A.test.ts", `import "../../src/engine/B.ts"`],
      ["in an app without rooms", "apps/server/src/x/A.ts", `import "../B.ts"`]
    ])("accepts one %s", (_, file, text) => {
      expect(problemsOf(file, text)).toEqual([])
    })

    it("and wants a place for every file and room", () => {
      expect(problemsOf("packages/backup/src/A.ts", "")[0]).toContain("stands in no room")
      expect(problemsOf("packages/backup/src/attic/A.ts", "")[0]).toContain(`the room "attic" has no place`)
      expect(problemsOf("apps/tui/src/attic/A.ts", "")[0]).toContain(`the room "attic" has no place`)
    })
  })

  describe("has a list of what is still allowed", () => {
    const breaking = (allowed: ReadonlyArray<string>) =>
      problemsOf("packages/core/src/engine/A.ts", `process.exit(" --now")`, allowed)

    it("which lets one rule pass in one file, whatever its room", () => {
      expect(breaking([])).toHaveLength(2)
      expect(breaking(["packages/core/src/**/A.ts: process"])).toEqual([expect.stringContaining(`says "--now"`)])
      expect(breaking(["packages/core/src/engine/A.ts: process", "packages/core/src/engine/A.ts: words"])).toEqual([])
      expect(breaking(["packages/core/src/**/B.ts: process"])).toHaveLength(3)
    })

    it("from which an entry must go that allows nothing any more", () => {
      const problems = problemsOf("packages/core/src/engine/A.ts", "", ["packages/core/src/**/A.ts: words"])
      expect(problems).toEqual([expect.stringContaining(`"packages/core/src/**/A.ts: words" is no longer needed`)])
    })
  })
})
