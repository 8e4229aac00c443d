import * as fs from "node:fs"
import * as path from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { draw } from "../mutation/draw.ts"
import * as Mutant from "../mutation/Mutant.ts"
import { mutantsOf } from "../mutation/mutantsOf.ts"
import { importersOf, relatedTests } from "../mutation/RelatedTests.ts"
import * as Sandbox from "../mutation/Sandbox.ts"
import * as TestRun from "../mutation/TestRun.ts"
import { type ParsedFile, parse } from "../structure/ParsedFile.ts"
import { workspacesOf } from "../structure/Workspace.ts"

const parsed = (text: string, file = "packages/core/src/engine/A.ts"): ParsedFile => {
  const outcome = parse({ path: file, text })
  if (!("program" in outcome)) throw new Error(outcome.what)
  return outcome
}

const textsOf = (text: string, kind?: Mutant.Kind) =>
  mutantsOf(parsed(text))
    .filter((mutant) => kind === undefined || mutant.kind === kind)
    .map(Mutant.textWith)

describe("mutants", () => {
  it("swap operators, and only those between their operands", () => {
    expect(textsOf("a = b < (c)", "operator")).toEqual(["a = b <= (c)"])
    expect(textsOf("a = (b /* && */) && c", "operator")).toEqual(["a = (b /* && */) || c"])
    expect(textsOf("a = b ?? c", "operator")).toEqual(["a = b && c"])
    expect(textsOf("a += b; a++; --a", "operator")).toEqual([
      "a -= b; a++; --a",
      "a += b; a--; --a",
      "a += b; a++; ++a"
    ])
    expect(textsOf("a = Math.min(b)", "operator")).toEqual(["a = Math.max(b)"])
    expect(textsOf("a = !b", "operator")).toEqual(["a = b"])
  })

  it("leave text that is put together as it is", () => {
    expect(textsOf('a = "x" + b; c += `y`', "operator")).toEqual([])
  })

  it("negate conditions", () => {
    expect(textsOf("while (a) b()", "condition")).toEqual(["while (!(a)) b()"])
    expect(textsOf("a = b ? c : d", "condition")).toEqual(["a = !(b) ? c : d"])
    expect(textsOf("for (;;) b()", "condition")).toEqual([])
  })

  it("change constants of the code, and no types, imports, keys, labels or text for people", () => {
    expect(textsOf(`import a from "a"\nconst b: "b" = x as 5`, "constant")).toEqual([])
    expect(textsOf(`a = { b: 1, "c": true, d: 2n }`, "constant")).toEqual([
      `a = { b: (1 + 1), "c": true, d: 2n }`,
      `a = { b: 1, "c": false, d: 2n }`,
      `a = { b: 1, "c": true, d: (2n + 1n) }`
    ])
    expect(textsOf(`a = f("tag", "", "it is not there")`, "constant")).toEqual([
      `a = f("", "", "it is not there")`,
      `a = f("tag", "mutant", "it is not there")`
    ])
    expect(textsOf(`a = Effect.fn("open")\nclass B extends Schema.Class<B>()("B") {}`, "constant")).toEqual([])
  })

  it("drop guards, statements and steps of a pipe", () => {
    expect(textsOf("function f() { if (a) return b }", "guard")).toEqual(["function f() { ; }"])
    expect(textsOf("function* f() { if (a) { yield* b } }", "guard")).toEqual(["function* f() { ; }"])
    expect(textsOf("if (a) b()", "statement")).toEqual([";", "if (a) ;"])
    expect(textsOf("a = b.pipe(c, d)", "step")).toEqual(["a = b.pipe(d)", "a = b.pipe(c)"])
    expect(textsOf("a = pipe(b, c, d)", "step")).toEqual(["a = pipe(b, d)", "a = pipe(b, c)"])
    expect(textsOf("try { a() } finally { b() }", "statement")).toContain("try { a() } finally {}")
  })

  it("return early", () => {
    expect(textsOf("function f() { a() }", "early return")).toEqual(["function f() { return; a() }"])
    expect(textsOf("const f = (a) => a + b", "early return")).toEqual(["const f = (a) => undefined"])
  })

  it("say where they are and what they change", () => {
    const [mutant] = mutantsOf(parsed("// é\nlet a = 1\n\nif (a) {\n  a()\n}\n")).filter(
      ({ kind }) => kind === "condition"
    )
    expect(Mutant.describe(mutant!)).toBe("packages/core/src/engine/A.ts:4: condition: if (a) { → if (!(a)) {")
  })
})

describe("a draw of mutants", () => {
  const mutants = mutantsOf(parsed("export const f = (a: number, b: number) => (a < b ? a + 1 : b - 2)"))

  it("is the same for a seed, another for another, and has none twice", () => {
    const drawn = (seed: number) => draw(mutants, 4, seed).map(Mutant.textWith)
    expect(drawn(1)).toEqual(drawn(1))
    expect(drawn(1)).not.toEqual(drawn(2))
    expect(new Set(draw(mutants, 1000, 3)).size).toBe(mutants.length)
  })

  it("has no text that can not be parsed", () => {
    // `a ?? b && c` is no JavaScript
    const mixed = mutantsOf(parsed("x = (a && b) ?? c; y = a && b && c")).filter(({ kind }) => kind === "operator")
    expect(draw([...mixed, { ...mixed[0]!, replacement: "((" }], 10, 1)).toHaveLength(mixed.length)
  })
})

describe("the tests of a file", () => {
  it("are those that reach it by imports and by a thread's address: its package's first, by name, then the nearest", () => {
    const manifest = (folder: string) => ({
      path: `${folder}/package.json`,
      text: JSON.stringify({ name: `@ourclone/${path.basename(folder)}` })
    })
    const files = [
      parsed("", "packages/core/src/engine/A.ts"),
      parsed(`const w = new Worker(new URL("./A.ts", import.meta.url))`, "packages/core/src/engine/B.ts"),
      parsed(`import "../../src/engine/B.ts"`, "packages/core/test/engine/B.test.ts"),
      parsed(`import "@ourclone/core/engine/A"`, "packages/core/test/engine/Z.test.ts"),
      parsed(`import "../../src/engine/B.ts"`, "packages/core/test/engine/AFaults.test.ts"),
      parsed(`import "@ourclone/core/engine/A"`, "packages/backup/test/C.test.ts"),
      parsed("", "packages/backup/test/D.test.ts")
    ]
    const importers = importersOf(files, workspacesOf([manifest("packages/core"), manifest("packages/backup")]))
    expect(relatedTests(importers, "packages/core/src/engine/A.ts")).toEqual([
      "packages/core/test/engine/AFaults.test.ts",
      "packages/core/test/engine/Z.test.ts",
      "packages/core/test/engine/B.test.ts",
      "packages/backup/test/C.test.ts"
    ])
  })
})

describe("a sandbox", () => {
  const checkout = path.join(import.meta.dirname, "../..")
  const source = "packages/core/src/contract/RemotePath.ts"
  const test = "packages/core/test/contract/Mutated.test.ts"
  const installed = path.join(checkout, "node_modules/vitest/package.json")
  const owner = fs.statSync(installed).uid
  let sandbox: Sandbox.Sandbox
  let tests: TestRun.Tests
  beforeAll(() => {
    sandbox = Sandbox.make(checkout)
    tests = TestRun.open(sandbox)
  })
  afterAll(() => {
    tests.close()
    sandbox.remove()
  })

  const running = (body: string, seconds = 50) => {
    const text = `import { expect, it } from "vitest"\nimport * as os from "node:os"\nimport * as fs from "node:fs"\nit("holds", () => { ${body} })`
    sandbox.write(test, text)
    return tests.run({ files: [test], bail: true }, seconds)
  }

  it("has this checkout's files as they are, and what is written there stays there", () => {
    const here = fs.readFileSync(path.join(checkout, source), "utf8")
    expect(fs.readFileSync(path.join(sandbox.root, source), "utf8")).toBe(here)
    sandbox.write(source, "changed")
    expect(fs.readFileSync(path.join(checkout, source), "utf8")).toBe(here)
    sandbox.write(source, here)
    expect(fs.statSync(installed).uid).toBe(owner)
  })

  it("runs tests against its own packages, with a home and a temporary folder of its own", async () => {
    const own = `expect(import.meta.resolve("@ourclone/core/contract/RemotePath")).toContain(${JSON.stringify(sandbox.root)});`
    const homes = `expect([os.homedir(), os.tmpdir()]).toEqual([${JSON.stringify(sandbox.home)}, process.env.TMPDIR])`
    const { files, outcome } = await running(own + homes)
    expect(outcome).toBe("passed")
    expect(files.get(test)?.passed).toBe(true)
  })

  it("tells a failure", async () => {
    const { files, outcome } = await running("expect(1).toBe(2)")
    expect(outcome).toBe("failed")
    expect(files.get(test)?.passed).toBe(false)
  })

  it("ends what hangs, and what ends its process, and goes on", async () => {
    expect((await running("for (;;) {}", 8)).outcome).toBe("hung")
    expect((await running("process.kill(process.ppid, 9)")).outcome).toBe("failed")
    expect((await running("expect(1).toBe(1)")).outcome).toBe("passed")
  })

  it("forgets what an earlier run came to", async () => {
    const other = "packages/core/test/contract/RemotePath.test.ts"
    expect((await running("expect(1).toBe(2)")).outcome).toBe("failed")
    expect((await tests.run({ files: [other], bail: true }, 50)).outcome).toBe("passed")
    expect((await running(`void Promise.reject(new Error("left"))`)).outcome).toBe("failed")
    expect((await tests.run({ files: [other], bail: true }, 50)).files.has(test)).toBe(false)
    expect((await running("expect(1).toBe(1)")).outcome).toBe("passed")
  })

  it("runs code as it was written last", async () => {
    const imported = `import { root } from "@ourclone/core/contract/RemotePath"\nimport { expect, it } from "vitest"\n`
    const here = fs.readFileSync(path.join(checkout, source), "utf8")
    const outcomes: Array<string> = []
    for (const text of [here, here.replace('makeUnsafe("")', 'makeUnsafe("x")'), here]) {
      sandbox.write(source, text)
      sandbox.write(test, `${imported}it("holds", () => expect(root).toBe(""))`)
      outcomes.push((await tests.run({ files: [test], bail: true }, 50)).outcome)
    }
    expect(outcomes).toEqual(["passed", "failed", "passed"])
  })

  it.skipIf(process.getuid?.() !== 0)("runs as nobody where it was started by the superuser", async () => {
    expect((await running(`expect(process.getuid()).toBe(65534)`)).outcome).toBe("passed")
    expect((await running(`fs.accessSync("/etc", fs.constants.W_OK)`)).outcome).toBe("failed")
  })
})
