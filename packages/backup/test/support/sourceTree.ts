/** A folder of files with awkward names, and what a backup of it would hold by our rules and by restic's. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { dirname, join } from "node:path"
import * as ExcludeDecisions from "@ourclone/backup/choose/ExcludeDecisions"
import * as Excludes from "@ourclone/backup/choose/Excludes"
import * as Status from "@ourclone/backup/system/Status"
import * as Effect from "effect/Effect"
import * as fixture from "./fixture.ts"

const cacheTag = "Signature: 8a477f597d28d172789f06886806bc55\n"

const contents: Readonly<Record<string, string>> = {
  "a.o": "",
  "Foo/a.O": "",
  "foo/x.txt": "",
  "foo/bar/x.txt": "",
  "foo/bar/baz/x.txt": "",
  "é/ü.txt": "",
  "sp ace/x y": "",
  "[br]/x": "",
  "back\\slash/x": "",
  "-dash": "",
  "star*": "",
  "$HOME/x": "",
  "deep/a/b/c/d/e": "",
  "deep/a/x/c/d/e": "",
  "cache/CACHEDIR.TAG": cacheTag,
  "cache/sub/f": "",
  "cache/.nobackup": "",
  "no-cache/CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc56",
  "no-cache/f": "",
  "tag/.nobackup": "header: yes",
  "tag/f": "",
  "tag-2/.nobackup": "header: no",
  "tag-2/f": "",
  big: "x".repeat(2000)
}

export const write = (root: string): void => {
  for (const [name, content] of Object.entries(contents)) {
    fs.mkdirSync(dirname(join(root, name)), { recursive: true })
    fs.writeFileSync(join(root, name), content)
  }
  const odd = Buffer.concat([Buffer.from(`${root}/d`), Buffer.from([0xe9, 0xe8])])
  fs.mkdirSync(odd)
  fs.writeFileSync(Buffer.concat([odd, Buffer.from("/f")]), "")
}

/** Every path that stays, directories with a slash at the end. */
export const kept = (root: string, options: Excludes.ExcludeOptions): ReadonlyArray<string> => {
  const excludes = ExcludeDecisions.make(Effect.runSync(Excludes.resolve(options)))
  const visit = (path: Buffer): ReadonlyArray<string> => {
    if (excludes.excludesPath(path)) return []
    const status = Status.of(path)
    if (excludes.excludesStatus(status)) return []
    if (!Status.isDirectory(status)) return [path.toString()]
    const names = excludes.keptNames(path, fs.readdirSync(path, { encoding: "latin1" }))
    return [
      `${path}/`,
      ...names.flatMap((name) => visit(Buffer.concat([path, Buffer.from("/"), Buffer.from(name, "latin1")])))
    ]
  }
  return visit(Buffer.from(root)).toSorted()
}

/** The same from restic, which opens a copy of the fixture at `repository`. */
export const keptByRestic = (
  root: string,
  repository: string,
  options: ReadonlyArray<string>
): ReadonlyArray<string> => {
  if (!fs.existsSync(repository)) fixture.copyTo(repository)
  const output = execFileSync(
    "restic",
    ["--repo", repository, "backup", "--no-cache", "--dry-run", "-vv", "--json", ...options, root],
    { env: { ...process.env, RESTIC_PASSWORD: "fixture" }, stdio: ["ignore", "pipe", "ignore"] }
  )
  return output
    .toString()
    .split("\n")
    .filter((line) => line.includes('"verbose_status"'))
    .map((line) => JSON.parse(line))
    .filter(({ action, item }) => action === "new" && item.startsWith(root))
    .map(({ item }) => item)
    .toSorted()
}
