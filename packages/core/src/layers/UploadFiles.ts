/**
 * The journal of uploads in a folder, so that another run knows it: a file for each, whose first line says what it is to be
 * and the others which parts have arrived. Lines are only added, so that a run that is cut off spoils the last one at most.
 */
import { hash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Unfinished } from "../contract/LargeFile.ts"
import { makeFolder } from "../machine/MadeFolder.ts"
import { type Begun, inMemory, PlacedPart, type UploadJournal } from "./UploadJournal.ts"

const Header = Schema.Struct({ account: Schema.String, file: Unfinished })
const DroppedPart = Schema.Struct({ dropped: Schema.Int })

const decodeHeader = Schema.decodeUnknownOption(Schema.fromJsonString(Header))
const decodeLine = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Union([PlacedPart, DroppedPart])))

const ending = ".upload"
/** In milliseconds: no service keeps parts for longer without being told to. */
const oldest = 30 * 24 * 3600 * 1000
/** In bytes: 10,000 parts with their digests take less. */
const largest = 4 * 1024 * 1024

const attempt = <A>(work: () => A): A | undefined => {
  try {
    return work()
  } catch {
    return undefined
  }
}

const read = (file: string): (Begun & { readonly account: string }) | undefined => {
  const text = attempt(() => (fs.statSync(file).size > largest ? undefined : fs.readFileSync(file, "utf8")))
  if (text === undefined) return undefined
  const [first = "", ...lines] = text.split("\n")
  const header = Option.getOrUndefined(decodeHeader(first))
  if (header === undefined) return undefined
  const parts = new Map<number, PlacedPart>()
  for (const line of lines) {
    const said = Option.getOrUndefined(decodeLine(line))
    if (said === undefined) continue
    if ("dropped" in said) parts.delete(said.dropped)
    else parts.set(said.number, said)
  }
  return { ...header, parts }
}

/** In `folder`, which is made when something is noted. What nobody went on with for a month is dropped. */
export const make = (folder: string): UploadJournal => {
  const fileOf = (account: string, id: string) =>
    path.join(folder, `${hash("sha256", JSON.stringify([account, id])).slice(0, 32)}${ending}`)
  const files = (): ReadonlyArray<string> =>
    (attempt(() => fs.readdirSync(folder)) ?? [])
      .filter((name) => name.endsWith(ending))
      .map((name) => path.join(folder, name))
  const tidy = (): void => {
    for (const file of files()) {
      const age = attempt(() => Date.now() - fs.statSync(file).mtimeMs)
      if (age !== undefined && age > oldest) attempt(() => fs.rmSync(file))
    }
  }
  /** Begins a line of its own, lest it be joined to one that was cut off. */
  const append = (account: string, id: string, line: object): void => {
    const file = fileOf(account, id)
    attempt(() => {
      const opened = fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_APPEND)
      try {
        fs.writeSync(opened, `\n${JSON.stringify(line)}\n`)
      } finally {
        fs.closeSync(opened)
      }
    })
  }
  /** What this process began is known to it, whatever becomes of the folder. */
  const own = inMemory()
  return {
    begin: (account, file) => {
      own.begin(account, file)
      attempt(() => {
        makeFolder(folder)
        tidy()
        fs.writeFileSync(fileOf(account, file.id), `${JSON.stringify({ account, file })}\n`, { mode: 0o600 })
      })
    },
    addPart: (account, id, part) => {
      own.addPart(account, id, part)
      append(account, id, part)
    },
    dropPart: (account, id, number) => {
      own.dropPart(account, id, number)
      append(account, id, { dropped: number })
    },
    end: (account, id) => {
      own.end(account, id)
      attempt(() => fs.rmSync(fileOf(account, id), { force: true }))
    },
    find: (account, id) => own.find(account, id) ?? read(fileOf(account, id)),
    list: (account) => {
      const found = files().flatMap((file) => read(file) ?? [])
      const known = new Set(found.map(({ file }) => file.id))
      return [
        ...found.filter((begun) => begun.account === account),
        ...own.list(account).filter(({ file }) => !known.has(file.id))
      ]
    }
  }
}
