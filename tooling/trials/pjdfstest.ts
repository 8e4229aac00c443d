/**
 * `npm run exec node tooling/trials/pjdfstest.ts -- --from FOLDER [--groups open,unlink,…] [--width N]`: as root. What
 * pjdfstest (github.com/pjd/pjdfstest, built in FOLDER by `autoreconf -ifs && ./configure && make`) says of a bucket of the
 * emulator that is mounted through FUSE.
 *
 * A mount has no hard links, pipes, devices and sockets, and says so with EPERM; much of what is tested is tested with them
 * too. So the same is asked of a folder of this machine, by a program that refuses those four: what fails there as well is
 * for want of them. Whatever else fails must be excused by name in `pjdfstestExcused.ts`.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { parseArgs } from "node:util"
import { excused } from "./pjdfstestExcused.ts"
import { run, withBed } from "./TrialMount.ts"

const { values } = parseArgs({
  options: {
    from: { type: "string" },
    groups: { type: "string" },
    width: { type: "string", default: "6" }
  }
})
if (values.from === undefined) throw new Error("--from says where pjdfstest was built")
const from = path.resolve(values.from)

/** `open/03.t`, in their order. */
const filesOf = (groups: ReadonlyArray<string>): ReadonlyArray<string> =>
  groups.flatMap((group) =>
    fs
      .readdirSync(path.join(from, "tests", group))
      .filter((name) => name.endsWith(".t"))
      .sort()
      .map((name) => `${group}/${name}`)
  )

/** Lines of what failed, each begun by its number. */
const failuresOf = async (file: string, tests: string, below: string): Promise<ReadonlyArray<string>> => {
  const place = fs.mkdtempSync(path.join(below, "place-"))
  fs.chmodSync(place, 0o755)
  const script = `cd "$1" && exec sh "$2"`
  const { output, status } = await run(["sh", "-c", script, "sh", place, path.join(tests, file)], 300)
  const failed = output.split("\n").flatMap((line) => (line.startsWith("not ok ") ? [line.slice(7)] : []))
  const planned = Number(/^1\.\.(\d+)/m.exec(output)?.[1] ?? 1)
  const done = output.split("\n").filter((line) => /^(not )?ok /.test(line)).length
  await run(["rm", "-rf", place], 60)
  return done < planned ? [...failed, `${done + 1} and what follows: ended with ${status}`] : failed
}

const numberOf = (line: string): number => Number(/^\d+/.exec(line)?.[0])

/** By file; `width` of them at once, as most of the time is waiting for a clock. */
const judge = async (files: ReadonlyArray<string>, tests: string, below: string) => {
  const failed = new Map<string, ReadonlyArray<string>>()
  const left = [...files]
  const work = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift())
      failed.set(file, await failuresOf(file, tests, below))
  }
  await Promise.all(Array.from({ length: Number(values.width) }, work))
  return failed
}

/** A copy of the tests whose program refuses what a mount does not have. */
const withoutSpecialFiles = (folder: string): string => {
  const copy = path.join(folder, "lacking")
  fs.mkdirSync(copy)
  fs.cpSync(path.join(from, "tests"), path.join(copy, "tests"), { recursive: true })
  const script = `for word in "$@"; do case "$word" in link|mkfifo|mknod|bind) echo EPERM; exit 1;; esac; done
exec "${path.join(from, "pjdfstest")}" "$@"
`
  fs.writeFileSync(path.join(copy, "pjdfstest"), `#!/bin/sh\n${script}`, { mode: 0o755 })
  return path.join(copy, "tests")
}

const all = fs.readdirSync(path.join(from, "tests"), { withFileTypes: true }).filter((entry) => entry.isDirectory())
const files = filesOf(values.groups?.split(",") ?? all.map(({ name }) => name).sort())

await withBed(
  "pjdfstest",
  () => [],
  async (bed) => {
    fs.chmodSync(bed.folder, 0o755)
    const control = bed.at("control")
    fs.mkdirSync(control, { mode: 0o755 })
    const lacking = await judge(files, withoutSpecialFiles(bed.folder), control)
    await bed.ourclone("bucket", "create", "b2:judged")
    const mount = await bed.mount("b2:judged", "one", "--write-back=1s", "--allow-other")
    const failed = await judge(files, path.join(from, "tests"), mount.point)
    let [alsoThere, forgiven, others] = [0, 0, 0]
    for (const file of files) {
      const there = new Set((lacking.get(file) ?? []).map(numberOf))
      for (const line of failed.get(file) ?? []) {
        if (there.has(numberOf(line))) alsoThere++
        else if (excused.some((each) => file === each.file && each.numbers.includes(numberOf(line)))) forgiven++
        else {
          others++
          console.log(`${file} ${line}`)
        }
      }
    }
    console.log(
      `${files.length} files: ${others} failed, besides ${alsoThere} for want of links, pipes, devices and sockets, and ${forgiven} that are excused`
    )
    if (others > 0) process.exitCode = 1
    await mount.unmount()
  }
)
