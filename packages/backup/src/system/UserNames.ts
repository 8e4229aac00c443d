/**
 * Names of users and groups by number, and back, as this machine knows them.
 *
 * The C library is asked, which also knows directories like LDAP; where it can
 * not be loaded, `/etc/passwd` and `/etc/group` are read. Answers are kept for
 * the life of the thread.
 */
import { readFileSync } from "node:fs"
import * as SystemLibrary from "@ourclone/system/SystemLibrary"

interface Directory {
  readonly name: (id: number) => string
  readonly id: (name: string) => number | undefined
}

/** In `struct passwd` and `struct group` alike the name is the first field and the number follows two pointers. */
const idOffset = 16
const notFound = 0
const tooSmall = 34

const fromLibrary = (library: SystemLibrary.SystemLibrary, byId: string, byName: string): Directory | undefined => {
  const rest = "void *record, void *buffer, size_t size, void *result"
  const findId = library.find(`int ${byId}(uint32_t id, ${rest})`)
  const findName = library.find(`int ${byName}(const void *name, ${rest})`)
  if (findId === undefined || findName === undefined) return undefined
  const record = Buffer.alloc(128)
  const result = Buffer.alloc(8)
  let buffer = Buffer.alloc(4096)

  const isFound = (call: () => number): boolean => {
    for (;;) {
      result.fill(0)
      const code = call()
      if (code === notFound) return result.readBigUInt64LE(0) !== 0n
      if (code !== tooSmall || buffer.length > 4_194_304) return false
      buffer = Buffer.alloc(buffer.length * 8)
    }
  }

  return {
    name: (id) =>
      isFound(() => findId(id, record, buffer, buffer.length, result)) ? library.textAt(record.readBigUInt64LE(0)) : "",
    id: (name) =>
      isFound(() => findName(library.text(Buffer.from(name)), record, buffer, buffer.length, result))
        ? record.readUInt32LE(idOffset)
        : undefined
  }
}

/** `name:password:number:…`, one a line. */
const fromFile = (path: string): Directory => {
  const ids = new Map<string, number>()
  const names = new Map<number, string>()
  try {
    for (const line of readFileSync(path, "utf8").split("\n")) {
      const [name = "", , number = ""] = line.split(":")
      if (name.startsWith("#") || !/^\d+$/.test(number)) continue
      if (!ids.has(name)) ids.set(name, Number(number))
      if (!names.has(Number(number))) names.set(Number(number), name)
    }
  } catch {
    // A machine without the file has no names to tell.
  }
  return { name: (id) => names.get(id) ?? "", id: (name) => ids.get(name) }
}

const kept = (make: () => Directory): Directory => {
  let directory: Directory | undefined
  const names = new Map<number, string>()
  const ids = new Map<string, number | undefined>()
  return {
    name: (id) => {
      let name = names.get(id)
      if (name === undefined) {
        directory ??= make()
        name = directory.name(id)
        names.set(id, name)
      }
      return name
    },
    id: (name) => {
      if (!ids.has(name)) {
        directory ??= make()
        ids.set(name, directory.id(name))
      }
      return ids.get(name)
    }
  }
}

const make = (byId: string, byName: string, path: string): Directory => {
  let asked: Directory | undefined
  SystemLibrary.onLoad((library) => {
    asked = fromLibrary(library, byId, byName)
  })
  return kept(() => {
    SystemLibrary.load()
    return asked ?? fromFile(path)
  })
}

const users = make("getpwuid_r", "getpwnam_r", "/etc/passwd")
const groups = make("getgrgid_r", "getgrnam_r", "/etc/group")

/** The name of a user; empty when nobody has that number. */
export const userName = users.name
/** The name of a group; empty when none has that number. */
export const groupName = groups.name
/** The number of a user; `undefined` when nobody has that name. */
export const userId = users.id
/** The number of a group; `undefined` when none has that name. */
export const groupId = groups.id
