/**
 * `npm run exec node tooling/trials/mount-judges.ts [-- --what fio,fsx,rsync,tar,build,stress,edit --seed N --steps N --size N]`:
 * as root. What other people's programs say of a bucket of the emulator that is mounted through FUSE: fio with its checksums
 * (sequential, random, mixed), a file that five seeds exercise with `steps` operations each, mapped ones too, rsync twice,
 * tar in and out, a program that make builds of many files, stress-ng's class of file systems, and an edit of 1 MB in a file
 * of `size` MB. Each ends with the mount's end by 0. A program that is not installed is said to be missing.
 */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { parseArgs } from "node:util"
import * as Checkout from "../bench/Checkout.ts"
import { type Bed, output, run, type TrialMount, withBed } from "./TrialMount.ts"

const names = ["fio", "fsx", "rsync", "tar", "build", "stress", "edit"] as const
type Name = (typeof names)[number]

const { values } = parseArgs({
  options: {
    what: { type: "string", default: names.join(",") },
    seed: { type: "string", default: "1" },
    steps: { type: "string", default: "100000" },
    size: { type: "string", default: "2000" }
  }
})
const wanted = names.filter((name) => values.what.split(",").includes(name))
const seed = Number(values.seed)
const exerciser = path.join(Checkout.ownRoot, "packages", "mount", "test", "fuse", "exerciseFile.ts")

const sh = (script: string, seconds: number) => output(["sh", "-ec", script], seconds)

const fio = async (point: string): Promise<string> => {
  const common = "--verify=crc32c --do_verify=1 --verify_fatal=1 --ioengine=psync --fallocate=none"
  const jobs = {
    sequential: "--rw=write --bs=1M --size=64M --end_fsync=1",
    random: `--rw=randwrite --bs=4k --size=8M --randrepeat=1 --randseed=${seed}`,
    mixed: `--rw=randrw --bs=16k --size=16M --randseed=${seed}`
  }
  for (const [name, job] of Object.entries(jobs))
    await sh(`fio --name=${name} --directory=${point} ${job} ${common}`, 300)
  return `${Object.keys(jobs).join(", ")}: verified`
}

const fsx = async (point: string): Promise<string> => {
  const seeds = Array.from({ length: 5 }, (_, index) => seed + index)
  for (const each of seeds)
    await output([process.execPath, exerciser, `${point}/exercised-${each}`, String(each), values.steps], 900)
  return `seeds ${seeds.join(", ")}: the same after ${values.steps} operations each`
}

const rsync = async (point: string): Promise<string> => {
  await sh(`rsync -a /usr/share/perl5/ ${point}/perl5/`, 300)
  const again = await sh(`rsync -ai /usr/share/perl5/ ${point}/perl5/`, 300)
  if (again !== "") throw new Error(`the second rsync moved:\n${again.slice(0, 2000)}`)
  return "the second moved nothing"
}

const documents = "/usr/share/doc"
/** Names, kinds, modes, sizes, times of all but folders, targets of links, and the bytes. */
const listed = (folder: string) =>
  sh(
    `cd ${folder}; find . -type d -printf '%p %m\\n' | sort; find . -mindepth 1 ! -type d -printf '%p %y %m %s %Ts %l\\n' | sort; find . -type f -print0 | sort -z | xargs -0 sha1sum | sha1sum`,
    300
  )

const tar = async (point: string): Promise<string> => {
  await sh(`mkdir ${point}/doc; tar -C ${documents} -cf - . | tar -C ${point}/doc -xpf -`, 300)
  await sh(`tar -C ${documents} -cf - . | tar -C ${point}/doc -df -`, 300)
  const out = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-tar-"))
  await sh(`tar -C ${point}/doc -cf - . | tar -C ${out} -xpf -`, 300)
  const [there, back] = [await listed(documents), await listed(out)]
  fs.rmSync(out, { recursive: true })
  if (there !== back) throw new Error(`${documents} came back another one`)
  return `${there.split("\n").length} names went in and came out the same`
}

const partCount = 60

/** A program of many files with a library: `name -> text`. */
const sources = (): Readonly<Record<string, string>> => {
  const parts = Array.from({ length: partCount }, (_, index) => index + 1)
  const each = parts.map((part) => [
    `part_${part}.c`,
    `#include "parts.h"\nint part_${part}(void) { return ${part}; }\n`
  ])
  const sum = parts.map((part) => `part_${part}()`).join(" + ")
  return {
    ...Object.fromEntries(each),
    "parts.h": parts.map((part) => `int part_${part}(void);\n`).join(""),
    "main.c": `#include <stdio.h>\n#include "parts.h"\nint main(void) { printf("%d\\n", ${sum}); return 0; }\n`,
    Makefile: [
      "parts = $(patsubst %.c,%.o,$(wildcard part_*.c))",
      "program: main.o libparts.a\n\tgcc -o $@ main.o -L. -lparts",
      "%.o: %.c parts.h\n\tgcc -g -c -o $@ $<",
      "libparts.a: $(parts)\n\tar rcs $@ $^\n"
    ].join("\n")
  }
}

/** What is built is newer than what it was built from, so that a second make has nothing to do. */
const build = async (point: string): Promise<string> => {
  const from = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-build-"))
  for (const [name, text] of Object.entries(sources())) fs.writeFileSync(path.join(from, name), text)
  const script = `cp -r ${from} ${point}/build; cd ${point}/build
    make -s -j4; make -q; ./program; touch part_1.c; if make -q; then exit 1; fi; make -s; make -q; ./program`
  const told = await sh(script, 300)
  fs.rmSync(from, { recursive: true })
  const sum = (partCount * (partCount + 1)) / 2
  if (told !== `${sum}\n${sum}\n`) throw new Error(`the program that was built said:\n${told}`)
  return `${partCount} files were built and linked, and a second make had nothing to do`
}

/** It ends with 3 where something is not to be had here, like hard links: those are left out by itself. */
const withoutSome = 3

const stress = async (point: string): Promise<string> => {
  const words = ["--class", "filesystem", "--sequential", "1", "-t", "1", "--temp-path", `${point}/stress`]
  await sh(`mkdir ${point}/stress`, 60)
  const ran = await run(["stress-ng", ...words, "--verify", "--exclude", "chdir", "--seed", String(seed)], 580)
  const lines = (ran.output + ran.errors).split("\n")
  await sh(`rm -rf ${point}/stress`, 300)
  const failed = lines.filter((line) => /fail:|unsuccessful/.test(line))
  if ((ran.status !== 0 && ran.status !== withoutSome) || failed.length > 0)
    throw new Error(`stress-ng ended with ${ran.status}:\n${failed.join("\n")}\n${lines.slice(-20).join("\n")}`)
  const skipped = lines.flatMap((line) => /\((\w+)\) aborted early/.exec(line)?.[1] ?? [])
  return `nothing failed; not to be had here: ${skipped.join(", ")}`
}

/** In bytes: all that the process of the mount has written, to files and to the storage. */
const writtenBy = (pid: number): number =>
  Number(/wchar: (\d+)/.exec(fs.readFileSync(`/proc/${pid}/io`, "latin1"))?.[1])

const edit = async (point: string, bed: Bed, mount: TrialMount): Promise<string> => {
  const file = `${point}/large`
  await sh(`dd if=/dev/urandom of=${file} bs=1M count=${values.size} status=none`, 580)
  await bed.ourclone("mount", "flush", point)
  await sh(`dd if=/dev/urandom of=${file} bs=1000000 count=1 seek=777 conv=notrunc status=none`, 60)
  const sum = await sh(`sha1sum < ${file}`, 580)
  const before = writtenBy(mount.process.pid!)
  await bed.ourclone("mount", "flush", point)
  const sent = writtenBy(mount.process.pid!) - before
  if (sent > 10_000_000) throw new Error(`${sent} bytes were written while an edit of 1 MB was sent`)
  const cat = ["sh", "-c", '"$@" | sha1sum', "sh", ...bed.program, "cat", "b2:judges/large"]
  const stored = await output(cat, 580, bed.environment)
  if (stored !== sum) throw new Error("the storage has another file than the mount")
  return `${sent} bytes at most were sent, and the storage has the file`
}

const judges: Readonly<Record<Name, (point: string, bed: Bed, mount: TrialMount) => Promise<string>>> = {
  fio,
  fsx,
  rsync,
  tar,
  build,
  stress,
  edit
}

await withBed(
  "judges",
  (folder) => ["--store", path.join(folder, "store")],
  async (bed) => {
    await bed.ourclone("bucket", "create", "b2:judges")
    for (const name of wanted) {
      const startedAt = performance.now()
      // What is sent while an edit is made would not be counted.
      const mount = await bed.mount("b2:judges", "one", `--write-back=${name === "edit" ? "10m" : "1s"}`)
      const told = await judges[name](mount.point, bed, mount)
      await mount.unmount()
      console.log(`${name}: ${told} (${((performance.now() - startedAt) / 1000).toFixed(0)} s)`)
    }
  }
)
