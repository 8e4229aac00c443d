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
    const [command = "", ...flags] = meant.split(/ (?=-)/)
    const [path = ""] = /^hashsum/.exec(command) ?? [command]
    expect([meant, docs.has(path)]).toEqual([meant, true])
    const known = docs.get(path)!.flags.flatMap(({ aliases, name }) => [`--${name}`, ...aliases])
    for (const flag of flags) expect([meant, known]).toEqual([meant, expect.arrayContaining([flag.split(" ")[0]])])
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
  [["bucket", "update", "--cors", "[]", "b2:x"], "here: --cors-rules"],
  [["bucket", "update", "--default-encryption", "SSE-B2", "b2:x"], "here: --encryption"],
  [["cpoy", "a", "b"], 'did you mean "copy"?'],
  [["copy", "--verbsoe", "a", "b"], "did you mean --verbose?"],
  [["sync", "--dryrun", "a", "b"], "did you mean --dry-run?"],
  [["ls", "-R", "b2:"], "--max-depth 1 is for one of them"],
  [["ls", "latest", "--repo", "x"], "; for repositories: ourclone snapshot ls"],
  [["stats", "--repo", "x"], "here it is: ourclone repo stats\nFor help"],
  [["-r", "x", "backup", "a"], "flags come after the name of a command"],
  [["bucket", "create", "b2:my-bucket", "allPublic"], "here: ourclone bucket update --public"],
  [["--versoin"], "did you mean --version?"],
  [
    ["repo", "prune", "--unsafe-recover-no-free-space", "x"],
    "here: the index is never removed before a new one is stored"
  ],
  [["snapshot", "mount", "--path-template", "ids/%i", "at"], "here: snapshots are named by their time and id"],
  [["snapshot", "mount", "--time-template", "2006", "at"], "here: snapshots are named by their time and id"],
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
