/** Checks of names that services, disks and addresses have trouble with. */
import assert from "node:assert/strict"
import * as RemotePath from "../contract/RemotePath.ts"
import { at, type Check, check, list, notApplicable, put, reason, textAt } from "./Check.ts"

const marks = ["%", "+", "&", ";", "#", "?", "~", "-", "=", "@", "!", "'"]

const longest = "n".repeat(255)

/** One to be kept as it is, or to be refused. */
const hardNames: ReadonlyArray<string> = [
  ...marks.flatMap((mark) => [`${mark}first`, `last${mark}`]),
  "%25",
  "%2F",
  "%zz",
  ".a",
  "a.",
  "CON",
  "aux.txt",
  "back\\slash",
  "\u202ereversed",
  "\ufffd",
  "next\u0085line",
  "trailing space ",
  longest,
  `${"é".repeat(127)}x`,
  // What providers call files that are not whole yet.
  ".a.txt.0123456789abcdef.ourclone-part",
  ".bzEmpty",
  Array.from({ length: 5 }, (_, index) => `${index}`.repeat(199)).join("/")
]

export const nameChecks: ReadonlyArray<Check> = [
  check("keeps a name as it is, or refuses it", function* (provider) {
    const kept: Array<string> = []
    for (const name of hardNames) {
      const outcome = yield* reason(put(provider, name, name))
      assert.ok(["no failure", "InvalidRequest"].includes(outcome), `"${name}" fails with ${outcome}`)
      if (outcome === "no failure") kept.push(name)
    }
    assert.ok(kept.length * 2 > hardNames.length, "it keeps most names")
    assert.deepEqual(yield* list(provider, ""), kept.map((name) => `File ${name}`).sort(RemotePath.compare))
    for (const name of kept) assert.equal(yield* textAt(provider, name), name)
  }),
  check("finds no file in another case, where case counts", function* (provider) {
    if (provider.capabilities.isCaseSensitive !== true) return yield* notApplicable("case may not count there")
    yield* put(provider, "d/abc É.txt", "hello")
    for (const path of ["d/ABC É.txt", "D/abc É.txt", "d/abc é.txt"]) {
      assert.equal(yield* reason(provider.stat(at(path))), "NotFound", path)
    }
  }),
  check("puts nothing below a file, and says that it can not be", function* (provider) {
    yield* put(provider, "a.txt", "hello")
    const outcome = yield* reason(put(provider, "a.txt/b/c.txt", "below"))
    assert.ok(["no failure", "InvalidRequest", "AlreadyExists"].includes(outcome), `it fails with ${outcome}`)
    assert.equal(yield* textAt(provider, "a.txt"), "hello")
    const below = outcome === "no failure" ? ["File a.txt/b/c.txt"] : []
    assert.deepEqual(yield* list(provider, ""), ["File a.txt", ...below])
  })
]
