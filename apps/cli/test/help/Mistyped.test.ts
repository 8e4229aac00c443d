/** Words that are none here. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import * as HelpDocs from "../../src/help/HelpDocs.ts"
import * as OtherWords from "../../src/help/OtherWords.ts"
import { makeCli } from "../Cli.ts"

const docs = await Effect.runPromise(HelpDocs.all)

test("what others call something is no command here, and what it is called here is one, with those flags", () => {
  for (const [typed, meant] of Object.entries(OtherWords.commands)) {
    expect([typed, docs.has(typed)]).toEqual([typed, false])
    const words = meant.split(" ")
    const path = words.findLast((_, index) => docs.has(words.slice(0, index + 1).join(" ")))
    const command = words.slice(0, words.lastIndexOf(path ?? "") + 1).join(" ")
    expect([meant, path === undefined]).toEqual([meant, false])
    const flags = docs.get(command)!.flags.flatMap(({ aliases, name }) => [`--${name}`, ...aliases])
    const rest = words.slice(command.split(" ").length)
    for (const word of rest.filter((each) => each.startsWith("-")))
      expect([meant, flags]).toEqual([meant, expect.arrayContaining([word])])
    if (rest.some((word) => /^[a-z]/.test(word)))
      expect(["ls --max-depth 1", "hashsum"]).toContain(meant.replace(/ (md5|sha\d+)$/, ""))
  }
})

test.each([
  [["lsl", "b2:"], 'there is no command "lsl"; here it is: ourclone ls\n'],
  [["init"], "here it is: ourclone repo init\n"],
  [["file", "hide", "b2://b/x"], 'there is no command "file"; here it is: ourclone rm\n'],
  [["key", "delete", "x"], 'there is no command "key delete"; here it is: ourclone key remove\n'],
  [["help", "prune"], "here it is: ourclone repo prune;"],
  [["repo", "key", "ad"], 'there is no command "repo key ad"; did you mean "add"?'],
  [["constructor"], 'there is no command "constructor"\n'],
  [["cpoy", "a", "b"], 'did you mean "copy"?'],
  [["copy", "--verbsoe", "a", "b"], "did you mean --verbose?"],
  [["sync", "--dryrun", "a", "b"], "did you mean --dry-run?"],
  [["ls", "-R", "b2:"], "--max-depth 1 is for one of them"],
  [["copy", "--stats", "1m", "a", "b"], "--stats in command ourclone copy; here: --progress"]
])("%j is answered with what was probably meant", async (words, message) => {
  const { code, error, out } = await makeCli().run(...words)
  expect([code, out, error]).toEqual([2, "", expect.stringContaining(message)])
})

test("-v may be said several times", async () => {
  const { run, write } = makeCli()
  write("from/a", "a")
  for (const flags of [["-vv"], ["-v", "-v"], ["--verbose", "-vvv"]]) {
    expect(await run("copy", ...flags, "@/from", "@/to")).toMatchObject({ code: 0 })
  }
})
