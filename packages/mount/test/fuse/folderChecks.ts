/** What a folder does, case by case, as lines of text: `node folderChecks.ts FOLDER`. The same of any sound file system. */
import * as fs from "node:fs"
import * as path from "node:path"

const top = process.argv[2]!
let here = ""
const at = (...names: ReadonlyArray<string>) => path.join(here, ...names)
const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = fs.constants

const codeOf = (work: () => unknown): string => {
  try {
    work()
    return "done"
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}
const open = (name: string, flags: number, mode = 0o644) => fs.openSync(at(name), flags, mode)
const opening = (name: string, flags: number) => codeOf(() => fs.closeSync(open(name, flags)))
const file = (name: string, text = "text") => fs.writeFileSync(at(name), text)
const directory = (name: string) => fs.mkdirSync(at(name))
const text = (name: string) => fs.readFileSync(at(name), "utf8")
const names = (name = ".") => fs.readdirSync(at(name)).sort().join(" ")
const mode = (name: string) => (fs.statSync(at(name)).mode & 0o7777).toString(8)
const rename = (from: string, to: string) => codeOf(() => fs.renameSync(at(from), at(to)))
const ino = (name: string) => fs.lstatSync(at(name)).ino
const long = (length: number) => "n".repeat(length)
/** Whether the time of `name` is another one after `work`; set to a time long ago first. */
const touches = (name: string, work: () => void): boolean => {
  fs.utimesSync(at(name), 1000, 1000)
  work()
  return fs.statSync(at(name)).mtimeMs !== 1_000_000
}

const checks: Readonly<Record<string, () => unknown>> = {
  "open: what is missing": () => opening("none", O_RDONLY),
  "open: a directory to write": () => {
    directory("d")
    return opening("d", O_WRONLY)
  },
  "open: making what is a directory": () => {
    directory("d")
    return opening("d", O_WRONLY | O_CREAT)
  },
  "open: a file as a directory": () => {
    file("f")
    return opening("f", O_RDONLY | O_DIRECTORY)
  },
  "open: through a file": () => {
    file("f")
    return [opening("f/g", O_RDONLY), opening("f/g", O_WRONLY | O_CREAT)]
  },
  "open: alone, what is there": () => {
    file("f")
    return opening("f", O_WRONLY | O_CREAT | O_EXCL)
  },
  "open: alone, a link to nothing": () => {
    fs.symlinkSync("none", at("l"))
    return opening("l", O_WRONLY | O_CREAT | O_EXCL)
  },
  "open: making through a link": () => {
    fs.symlinkSync("g", at("l"))
    return [opening("l", O_RDONLY), opening("l", O_WRONLY | O_CREAT), names()]
  },
  "open: a link itself": () => {
    file("f")
    fs.symlinkSync("f", at("l"))
    return opening("l", O_RDONLY | O_NOFOLLOW)
  },
  "open: links in a circle": () => {
    fs.symlinkSync("m", at("l"))
    fs.symlinkSync("l", at("m"))
    return opening("l", O_RDONLY)
  },
  "open: names that are long": () => [255, 256].map((length) => opening(long(length), O_WRONLY | O_CREAT)),
  "open: cutting": () => {
    file("f")
    opening("f", O_WRONLY | O_TRUNC)
    return text("f").length
  },
  "open: a mode that forbids writing, by the handle": () => {
    const made = open("f", O_RDWR | O_CREAT, 0o444)
    fs.writeSync(made, "written")
    fs.closeSync(made)
    return [text("f"), mode("f")]
  },
  "open: reading what is open for writing, and the other way": () => {
    file("f")
    const [to, from] = [open("f", O_WRONLY), open("f", O_RDONLY)]
    return [codeOf(() => fs.readSync(to, Buffer.alloc(1))), codeOf(() => fs.writeSync(from, "x"))]
  },
  "write: two that append": () => {
    const both = [open("f", O_WRONLY | O_CREAT | O_APPEND), open("f", O_WRONLY | O_APPEND)]
    for (let index = 0; index < 6; index++) fs.writeSync(both[index % 2]!, String(index))
    return text("f")
  },
  "write: past the end": () => {
    file("f", "ab")
    const handle = open("f", O_RDWR)
    fs.writeSync(handle, "z", 10_000)
    const bytes = fs.readFileSync(at("f"))
    return [bytes.length, bytes.subarray(2, 10_000).every((byte) => byte === 0), bytes[10_000]]
  },
  "read: at the end and past it": () => {
    file("f", "abc")
    const handle = open("f", O_RDONLY)
    return [2, 3, 4, 4_000_000].map((offset) => fs.readSync(handle, Buffer.alloc(8), 0, 8, offset))
  },
  "truncate: shorter, longer": () => {
    file("f", "abcdef")
    fs.truncateSync(at("f"), 3)
    fs.truncateSync(at("f"), 6)
    return JSON.stringify(text("f"))
  },
  "truncate: an open file that another reads": () => {
    file("f", "abcdef")
    const reader = open("f", O_RDONLY)
    fs.truncateSync(at("f"), 2)
    return [fs.readSync(reader, Buffer.alloc(8), 0, 8, 0), fs.fstatSync(reader).size]
  },
  "truncate: what is no file": () => {
    directory("d")
    return [codeOf(() => fs.truncateSync(at("d"), 0)), codeOf(() => fs.truncateSync(at("none"), 0))]
  },
  "unlink: what is missing, a directory, through a file": () => {
    directory("d")
    file("f")
    return ["none", "d", "f/g"].map((name) => codeOf(() => fs.unlinkSync(at(name))))
  },
  "unlink: an open file": () => {
    file("f")
    const handle = open("f", O_RDWR)
    fs.unlinkSync(at("f"))
    fs.writeSync(handle, "more", 4)
    file("f", "another")
    const bytes = Buffer.alloc(20)
    const length = fs.readSync(handle, bytes, 0, 20, 0)
    return [bytes.toString("utf8", 0, length), fs.fstatSync(handle).nlink, text("f")]
  },
  "unlink: a link, not what it leads to": () => {
    file("f")
    fs.symlinkSync("f", at("l"))
    fs.unlinkSync(at("l"))
    return names()
  },
  "rmdir: what is full, missing, a file, a link to a directory": () => {
    fs.mkdirSync(at("d", "e"), { recursive: true })
    file("f")
    fs.symlinkSync("d", at("l"))
    return ["d", "none", "f", "l", "d/e", "d"].map((name) => codeOf(() => fs.rmdirSync(at(name))))
  },
  "mkdir: what is there, below a file, below nothing, with a slash": () => {
    directory("d")
    file("f")
    return ["d", "f", "f/e", "none/e", "e/"].map((name) => codeOf(() => directory(name)))
  },
  "mkdir: names that are long": () => [255, 256].map((length) => codeOf(() => directory(long(length)))),
  "rename: a file over a file": () => {
    file("a", "1")
    file("b", "2")
    return [rename("a", "b"), text("b"), names()]
  },
  "rename: over a file that is open": () => {
    file("a", "1")
    file("b", "22")
    const handle = open("b", O_RDONLY)
    rename("a", "b")
    const bytes = Buffer.alloc(4)
    return [fs.readSync(handle, bytes, 0, 4, 0), fs.fstatSync(handle).nlink, text("b")]
  },
  "rename: a file and a directory over each other": () => {
    file("f")
    directory("d")
    return [rename("f", "d"), rename("d", "f")]
  },
  "rename: a directory over one that is empty, and one that is full": () => {
    for (const name of ["a", "b", "c", "c/x"]) directory(name)
    return [rename("a", "b"), rename("b", "c"), names()]
  },
  "rename: into itself, onto itself, what is missing, to a directory that is missing": () => {
    directory("d")
    return [rename("d", "d/e"), rename("d", "d"), rename("none", "x"), rename("d", "none/d"), names()]
  },
  "rename: what is below comes along, the number stays": () => {
    fs.mkdirSync(at("d", "e"), { recursive: true })
    file("d/e/f", "deep")
    const before = [ino("d"), ino("d/e/f")]
    rename("d", "moved")
    return [text("moved/e/f"), ino("moved") === before[0], ino("moved/e/f") === before[1], names()]
  },
  "rename: of an open file, which goes on": () => {
    file("a", "one")
    const handle = open("a", O_RDWR)
    rename("a", "b")
    fs.writeSync(handle, "two", 3)
    return [text("b"), names()]
  },
  "rename: names that are long": () => {
    file("f")
    return [rename("f", long(256)), rename("f", long(255)), rename(long(256), "g")]
  },
  "unlink, rmdir, stat: names that are long": () =>
    [fs.unlinkSync, fs.rmdirSync, fs.lstatSync].map((call) => codeOf(() => call(at(long(256))))),
  "symlink: what is there, how long it is, what it says": () => {
    fs.symlinkSync("../somewhere/else", at("l"))
    const again = codeOf(() => fs.symlinkSync("x", at("l")))
    return [again, fs.lstatSync(at("l")).size, fs.readlinkSync(at("l")), codeOf(() => fs.statSync(at("l")))]
  },
  "symlink: long and short": () =>
    [1, 4095, 4096].map((length) => codeOf(() => fs.symlinkSync("x".repeat(length), at(`l${length}`)))),
  "readlink: of what is none": () => {
    file("f")
    return codeOf(() => fs.readlinkSync(at("f")))
  },
  "modes: as they are set, of files and directories": () => {
    file("f")
    directory("d")
    fs.chmodSync(at("f"), 0o4751)
    fs.chmodSync(at("d"), 0o1777)
    return [mode("f"), mode("d")]
  },
  "modes: by the umask": () => {
    process.umask(0o027)
    fs.closeSync(open("f", O_WRONLY | O_CREAT, 0o666))
    directory("d")
    process.umask(0o022)
    return [mode("f"), mode("d")]
  },
  "times: as they are set": () => {
    file("f")
    fs.utimesSync(at("f"), 12345.678, 23456.789)
    return Math.round(fs.statSync(at("f")).mtimeMs)
  },
  "times: of a file by writing, cutting and reading": () => {
    file("f")
    return [() => fs.appendFileSync(at("f"), "x"), () => fs.truncateSync(at("f"), 1), () => void text("f")].map(
      (work) => touches("f", work)
    )
  },
  "times: of a directory by what is made, renamed and taken in it": () => {
    directory("d")
    return [
      () => file("d/f"),
      () => void rename("d/f", "d/g"),
      () => fs.unlinkSync(at("d/g")),
      () => directory("d/e"),
      () => fs.rmdirSync(at("d/e"))
    ].map((work) => touches("d", work))
  },
  "times: setting them is not undone by closing": () => {
    const handle = open("f", O_WRONLY | O_CREAT)
    fs.writeSync(handle, "x")
    fs.futimesSync(handle, 5000, 5000)
    fs.closeSync(handle)
    return fs.statSync(at("f")).mtimeMs
  },
  "listing: what is made and taken meanwhile": () => {
    for (let index = 0; index < 300; index++) file(`f${index}`)
    const listing = fs.opendirSync(here)
    const seen = new Set<string>()
    let twice = 0
    for (let entry = listing.readSync(); entry !== null; entry = listing.readSync()) {
      if (seen.has(entry.name)) twice++
      seen.add(entry.name)
      if (/^f\d+$/.test(entry.name)) fs.unlinkSync(at(entry.name))
    }
    listing.closeSync()
    return [seen.size, twice, names().length]
  },
  "listing: of what is no directory": () => {
    file("f")
    return [codeOf(() => names("f")), codeOf(() => names("none"))]
  },
  "copy: a file, and over itself": () => {
    file("f", "x".repeat(200_000))
    fs.copyFileSync(at("f"), at("g"))
    return [text("g").length, codeOf(() => fs.copyFileSync(at("f"), at("g"), fs.constants.COPYFILE_EXCL))]
  },
  "names: with blanks, quotes, lines and letters of all kinds": () => {
    for (const name of [" a ", "b'\"", "ä-ö-é", "日本", "😀", "-n", "..."]) file(name, name)
    return names()
  },
  "numbers: of two files": () => {
    file("a")
    file("b")
    return ino("a") === ino("b")
  },
  "a directory that is gone, from within": () => {
    directory("d")
    process.chdir(at("d"))
    fs.rmdirSync(at("d"))
    const results = [codeOf(() => fs.writeFileSync("f", "")), codeOf(() => fs.mkdirSync("e"))]
    process.chdir("/")
    return results
  }
}

for (const [index, [name, check]] of Object.entries(checks).entries()) {
  here = path.join(top, `case-${index}`)
  fs.mkdirSync(here)
  let result: unknown
  try {
    result = check()
  } catch (error) {
    result = error instanceof Error ? error.message.replaceAll(top, "") : error
  }
  console.log(`${name}: ${JSON.stringify(result)}`)
}
