import { spawnSync } from "node:child_process"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { expect, test } from "vitest"
import * as HelpDocs from "../../src/help/HelpDocs.ts"
import * as HelpText from "../../src/help/HelpText.ts"
import * as KnownHelp from "../../src/help/KnownHelp.ts"
import * as ManPage from "../../src/help/ManPage.ts"
import { makeCli } from "../Cli.ts"

const docs = await Effect.runPromise(HelpDocs.all)

test("the help of every command is there, and no line of a description is wider than 80", () => {
  expect([...docs.keys()]).toEqual(expect.arrayContaining(["", "copy", "repo key add"]))
  for (const [command, doc] of docs) {
    const [description = ""] = HelpText.of(doc, { colors: false }).split("\n\nUSAGE")
    expect([command, Math.max(...description.split("\n").map((line) => line.length))]).toEqual([
      command,
      expect.toSatisfy((width: number) => width <= 80)
    ])
  }
})

test("help COMMAND prints what COMMAND --help does", async () => {
  const { run } = makeCli()
  const expected = await run("repo", "key", "add", "--help")
  expect(expected).toMatchObject({ code: 0, error: "" })
  expect(await run("help", "repo", "key", "add")).toEqual(expected)
  expect(expected.out).toBe(`${HelpText.of(docs.get("repo key add")!, { colors: false })}\n`)
})

test("help of what is no command is wrong usage, and names the nearest", async () => {
  const { run } = makeCli()
  const none = await run("help", "nosuch")
  expect(none).toMatchObject({ code: 2, out: "", error: expect.stringContaining('there is no command "nosuch"') })
  const near = await run("help", "repo", "key", "adn")
  expect(near).toMatchObject({ code: 2, out: "" })
  expect(near.error).toContain('there is no command "repo key adn"; did you mean "add"?')
  expect((await run("help", "copy", "more")).out).toBe((await run("copy", "--help")).out)
  expect((await run("help")).code).toBe(0)
})

test("sources have no help that was written down", () => {
  expect(KnownHelp.textFor(["copy", "--help"], () => false)).toBeUndefined()
})

test("a text breaks at spaces alone", () => {
  expect(HelpText.wrapped("one two three", 7)).toEqual(["one two", "three"])
  expect(HelpText.wrapped("longer-than-that is", 7)).toEqual(["longer-than-that", "is"])
})

const hasGroff = spawnSync("groff", ["--version"]).status === 0

test("a page of the manual holds the command's flags and examples, and commands nothing of the formatter", () => {
  const page = ManPage.of("copy", docs.get("copy")!, "1.2.3")
  expect(page).toContain('.TH OURCLONE-COPY 1 "" "ourclone 1.2.3"')
  expect(page).toContain("\\fB\\-\\-dry\\-run\\fR, \\fB\\-n\\fR")
  expect(ManPage.fileName("repo key add")).toBe("ourclone-repo-key-add.1")
  const hostile = ManPage.of("x", { ...docs.get("copy")!, description: ".so /etc/passwd\n'\\" }, "1")
  expect(hostile).toContain("\\&.so /etc/passwd\n\\&'\\e\n")
})

test.runIf(hasGroff)("every page is good roff", () => {
  const pages = [...docs].map(([command, doc]) => ManPage.of(command, doc, "1.2.3")).join("")
  const { stderr, stdout } = spawnSync("groff", ["-man", "-Tutf8", "-ww", "-rCR=1"], { input: pages, encoding: "utf8" })
  expect(stderr).toBe("")
  expect(stdout).toContain("OURCLONE-REPO-KEY-ADD(1)")
})

test("every flag has a description", () => {
  for (const [command, { flags }] of docs) {
    for (const { description, name } of flags) {
      expect([command, name, Option.isSome(description)]).toEqual([command, name, true])
    }
  }
})
