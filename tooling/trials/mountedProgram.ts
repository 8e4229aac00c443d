/**
 * What programs do in a folder, at random, done in a mounted one and in one of this machine:
 * `node mountedProgram.ts work POINT MODEL SEED STEPS UNDONE` and
 * `node mountedProgram.ts compare POINT MODEL same|fresh|plain [UNDONE]`.
 *
 * `work` does each thing in the mounted folder first, then in the model, so that the model has what was acknowledged;
 * `UNDONE` is a file that tells of what was begun and not acknowledged. It says `cut` where the mount ended meanwhile.
 * `compare` prints what differs. Of a `fresh` mount modes of folders are not compared, which are no other machine's; a
 * `plain` copy has files alone, links among them. What was not acknowledged is then taken over into the model.
 */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { seededRandom } from "./seededRandom.ts"

const [what, point = "", model = "", ...rest] = process.argv.slice(2)

const isFolder = (file: string): boolean => fs.lstatSync(file).isDirectory()

/** `rmSync` does not say why it failed when the mount has ended. */
const removeAll = (file: string): void => {
  if (isFolder(file)) {
    for (const name of fs.readdirSync(file)) removeAll(path.join(file, name))
    fs.rmdirSync(file)
  } else fs.unlinkSync(file)
}

/** Everything below, by its path. */
const everything = (root: string, inner = ""): ReadonlyArray<string> =>
  fs
    .readdirSync(path.join(root, inner), { withFileTypes: true })
    .flatMap((entry): ReadonlyArray<string> => {
      const at = path.join(inner, entry.name)
      return entry.isDirectory() ? [at, ...everything(root, at)] : [at]
    })
    .sort()

type View = "same" | "fresh" | "plain"

const sumOf = (bytes: Buffer | string) => createHash("sha1").update(bytes).digest("hex")

const shown = (root: string, name: string, view: View): string => {
  const at = path.join(root, name)
  const stat = fs.lstatSync(at)
  const mode = (stat.mode & 0o7777).toString(8)
  if (stat.isDirectory()) return view === "same" ? `folder ${mode}` : "folder"
  if (stat.isSymbolicLink()) return view === "plain" ? sumOf(fs.readlinkSync(at)) : `link ${fs.readlinkSync(at)}`
  const sum = sumOf(fs.readFileSync(at))
  return view === "plain" ? sum : `file ${mode} ${stat.size} ${Math.floor(stat.mtimeMs)} ${sum}`
}

const compare = (view: View, apart: ReadonlyArray<string>): ReadonlyArray<string> => {
  const isApart = (name: string) => apart.some((one) => name === one || name.startsWith(`${one}/`))
  const isShown = (root: string, name: string) => view !== "plain" || !isFolder(path.join(root, name))
  const names = (root: string) => everything(root).filter((name) => !isApart(name) && isShown(root, name))
  const [here, wanted] = [names(point), names(model)]
  const known = new Set(wanted)
  const differences = here.filter((name) => !known.has(name)).map((name) => `${name} is only in the mount`)
  const found = new Set(here)
  for (const name of wanted) {
    if (!found.has(name)) differences.push(`${name} is not in the mount`)
    else if (shown(point, name, view) !== shown(model, name, view))
      differences.push(`${name}: ${shown(point, name, view)}, and not ${shown(model, name, view)}`)
  }
  return differences
}

const work = (seed: number, steps: number, undone: string): void => {
  const random = seededRandom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const pick = <A>(list: ReadonlyArray<A>): A | undefined => list[below(list.length)]
  const bytes = (length: number): Buffer => {
    const made = Buffer.alloc(length)
    for (let at = 0; at + 4 <= length; at += length > 100_000 ? 512 : 4) made.writeUInt32LE(below(2 ** 32), at)
    return made
  }
  const length = () => (below(40) === 0 ? 6_000_000 + below(8_000_000) : below(4) === 0 ? below(400_000) : below(6_000))
  const all = () => everything(model)
  const files = () => all().filter((name) => fs.lstatSync(path.join(model, name)).isFile())
  const folders = () => ["", ...all().filter((name) => isFolder(path.join(model, name)))]
  const free = () => path.join(pick(folders())!, `${pick(["n", "name", "ñ", "two words", "x"])}${below(6)}`)
  /** Seconds: whole eighths, which a number and a millisecond both hold exactly. */
  const later = () => 1_000_000_000 + below(700_000_000) + below(8) / 8

  /** What is done in both, and the paths that it touches. */
  type Doing = readonly [(root: string) => void, ReadonlyArray<string>]
  const at = path.join
  const write = (name: string, use: (file: string) => void): Doing => {
    const time = later()
    return [
      (root) => {
        use(at(root, name))
        fs.utimesSync(at(root, name), time, time)
      },
      [name]
    ]
  }
  const positioned = (file: string, some: Buffer, position: number) => {
    const descriptor = fs.openSync(file, "r+")
    try {
      fs.writeSync(descriptor, some, 0, some.length, position)
      if (position % 3 === 0) fs.fsyncSync(descriptor)
    } finally {
      fs.closeSync(descriptor)
    }
  }
  const onFile = (use: (name: string) => Doing) => (): Doing | undefined => {
    const name = pick(files())
    return name === undefined ? undefined : use(name)
  }
  const onAny = (use: (name: string) => Doing) => (): Doing | undefined => {
    const name = pick(all())
    return name === undefined ? undefined : use(name)
  }
  const create = (): Doing => {
    const [name, some] = [free(), bytes(length())]
    return write(name, (file) => fs.writeFileSync(file, some))
  }
  const doings: ReadonlyArray<() => Doing | undefined> = [
    create,
    create,
    create,
    onFile((name) => {
      const [some, position] = [bytes(1 + below(50_000)), below(300_000)]
      return write(name, (file) => positioned(file, some, position))
    }),
    onFile((name) => {
      const some = bytes(1 + below(3_000))
      return write(name, (file) => fs.appendFileSync(file, some))
    }),
    onFile((name) => {
      const size = below(3) === 0 ? 0 : below(400_000)
      return write(name, (file) => fs.truncateSync(file, size))
    }),
    onFile((name) => {
      const mode = 0o600 | below(0o200)
      return [(root) => fs.chmodSync(at(root, name), mode), [name]]
    }),
    onFile((name) => {
      const time = later()
      return [(root) => fs.utimesSync(at(root, name), time, time), [name]]
    }),
    onFile((name) => {
      const to = free()
      return write(to, (file) => fs.copyFileSync(file.slice(0, -to.length) + name, file))
    }),
    () => {
      const name = free()
      return [(root) => fs.mkdirSync(at(root, name)), [name]]
    },
    () => {
      const [name, target] = [free(), `../to/${below(9)}`]
      return [(root) => fs.symlinkSync(target, at(root, name)), [name]]
    },
    onAny((name) => {
      const to = free()
      return [(root) => fs.renameSync(at(root, name), at(root, to)), [name, to]]
    }),
    onAny((name) => {
      const to = free()
      return [(root) => fs.renameSync(at(root, name), at(root, to)), [name, to]]
    }),
    onAny((name) => [(root) => removeAll(at(root, name)), [name]])
  ]
  const outcome = (use: () => void): string => {
    try {
      use()
      return "done"
    } catch (error) {
      return String((error as NodeJS.ErrnoException).code)
    }
  }
  const cut = new Set(["ENOTCONN", "ECONNABORTED", "ENODEV", "EIO"])
  for (let step = 0; step < steps; step++) {
    const doing = pick(doings)!()
    if (doing === undefined) continue
    const [use, touches] = doing
    fs.writeFileSync(undone, JSON.stringify(touches))
    const got = outcome(() => use(point))
    // Somebody ended the mount: nothing more was acknowledged.
    if (cut.has(got)) {
      console.log("cut")
      return
    }
    const wanted = outcome(() => use(model))
    if (got !== wanted)
      throw new Error(`seed ${seed}, step ${step}: ${got}, and not ${wanted}, of ${touches.join(", ")}`)
    fs.writeFileSync(undone, "[]")
  }
}

/** What was begun and not acknowledged may be there or not: from now on the model has what the mount has of it. */
const adopt = (touches: ReadonlyArray<string>): void => {
  for (const name of touches) {
    fs.rmSync(path.join(model, name), { recursive: true, force: true })
    const found = fs.lstatSync(path.join(point, name), { throwIfNoEntry: false })
    if (found === undefined) continue
    if (found.isSymbolicLink()) {
      // `cpSync` looks for what it leads to.
      fs.symlinkSync(fs.readlinkSync(path.join(point, name)), path.join(model, name))
      continue
    }
    fs.cpSync(path.join(point, name), path.join(model, name), {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true
    })
    for (const inner of ["", ...(isFolder(path.join(model, name)) ? everything(path.join(model, name)) : [])]) {
      const [from, to] = [path.join(point, name, inner), path.join(model, name, inner)]
      const { mode } = fs.lstatSync(from)
      if (!fs.lstatSync(to).isSymbolicLink()) fs.chmodSync(to, mode & 0o7777)
    }
  }
}

const [first = "", second, third = ""] = rest
if (what === "work") work(Number(first), Number(second), third)
else {
  const touches: ReadonlyArray<string> = second === undefined ? [] : JSON.parse(fs.readFileSync(second, "utf8"))
  const differences = compare(first as View, touches)
  if (differences.length === 0) adopt(touches)
  for (const line of differences.slice(0, 20)) console.log(line)
  if (differences.length > 0) process.exitCode = 1
}
