import { describe, expect, it } from "@effect/vitest"
import * as RemoteName from "../../src/configuration/RemoteName.ts"

const known = { remotes: ["photos", "x", "a.b-c_9", "my disk"], types: ["b2", "local"], platform: "linux" }

const local = (path: string) => ({ _tag: "Local", path })
const configured = (remote: string, location: string) => ({ _tag: "Configured", remote, location })
const unconfigured = (type: string, prefix: string, location: string) => ({
  _tag: "Unconfigured",
  type,
  prefix,
  location
})
const unknownRemote = (remote: string, location: string) => ({ _tag: "UnknownRemote", remote, location })

describe("RemoteName on Linux and macOS", () => {
  const table: ReadonlyArray<readonly [string, unknown]> = [
    ["photos:2024/summer", configured("photos", "2024/summer")],
    ["photos:", configured("photos", "")],
    ["photos:/absolute", configured("photos", "/absolute")],
    ["photos:a:b", configured("photos", "a:b")],
    ["photos:line\nbreak", configured("photos", "line\nbreak")],
    ["photos://2024", configured("photos", "2024")],
    ["a.b-c_9:x", configured("a.b-c_9", "x")],
    ["my disk:x", configured("my disk", "x")],
    ["x:/y", configured("x", "/y")],
    ["b2://bucket/path", unconfigured("b2", "b2://", "bucket/path")],
    ["B2://bucket", unconfigured("b2", "b2://", "bucket")],
    ["b2://", unconfigured("b2", "b2://", "")],
    ["b2:bucket/path", unconfigured("b2", "b2:", "bucket/path")],
    ["s3://bucket", { _tag: "UnknownType", type: "s3", location: "bucket" }],
    ["photo:2024", unknownRemote("photo", "2024")],
    ["notes.txt:2", unknownRemote("notes.txt", "2")],
    [".", local(".")],
    ["/", local("/")],
    ["photos", local("photos")],
    ["./photos:2024", local("./photos:2024")],
    ["dir/a:b", local("dir/a:b")],
    ["/a:b", local("/a:b")],
    [":leading", local(":leading")],
    ["..:x", local("..:x")],
    ["two words:x", local("two words:x")],
    ["é:x", local("é:x")],
    ["c:/windows", unknownRemote("c", "/windows")],
    ["c:file", unknownRemote("c", "file")],
    ["c://x", unknownRemote("c", "//x")],
    ["C:\\windows", unknownRemote("C", "\\windows")],
    ["./c:file", local("./c:file")],
    ["", { _tag: "Invalid", because: 'it is empty; write "." for this folder' }],
    ["a\0b", { _tag: "Invalid", because: "it holds a NUL character" }]
  ]
  it.each(table)("%j", (text, meaning) => {
    expect(RemoteName.parse(text, known)).toEqual(meaning)
  })

  it("prefers a configured remote to the type of the same name, and an address to both", () => {
    const both = { ...known, remotes: ["b2"] }
    expect(RemoteName.parse("b2:bucket", both)).toEqual(configured("b2", "bucket"))
    expect(RemoteName.parse("b2://bucket", both)).toEqual(unconfigured("b2", "b2://", "bucket"))
  })
})

describe("RemoteName on Windows", () => {
  const windows = { ...known, platform: "win32" }
  const table: ReadonlyArray<readonly [string, unknown]> = [
    ["C:\\Users", local("C:\\Users")],
    ["c:/Users", local("c:/Users")],
    ["x:\\y", local("x:\\y")],
    ["x:y", configured("x", "y")],
    ["c:file", local("c:file")],
    ["\\\\server\\share", local("\\\\server\\share")],
    ["dir\\a:b", local("dir\\a:b")],
    ["photos:2024", configured("photos", "2024")]
  ]
  it.each(table)("%j", (text, meaning) => {
    expect(RemoteName.parse(text, windows)).toEqual(meaning)
  })
})

describe("RemoteName for new remotes", () => {
  it.each(["photos", "b2", "a.b", "A_1-x", "99"])("accepts %j", (name) => {
    expect(RemoteName.isValidName(name)).toBe(true)
  })
  it.each(["", "x", "-flag", ".hidden", "two words", "a/b", "a:b", "é1", "a\nb"])("refuses %j", (name) => {
    expect(RemoteName.isValidName(name)).toBe(false)
  })
  it("needs the configuration only for texts with a colon before any slash", () => {
    expect(["photos:x", "b2://x", "C:\\x"].every(RemoteName.mayBeRemote)).toBe(true)
    expect(["./a:b", "/x", "photos", ":x"].some(RemoteName.mayBeRemote)).toBe(false)
  })
})
