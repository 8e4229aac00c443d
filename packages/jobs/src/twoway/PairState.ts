/**
 * What two sides had in common when they were last made the same, and what a run has decided to do: one SQLite file for
 * each pair. What a run did is in it once the run ended or stopped; where it was killed, the next run finds the same
 * files on both sides and sees that they are the same.
 */
import { hash } from "node:crypto"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import type { File } from "@ourclone/core/contract/Entry"
import type { PlaceIdentity } from "@ourclone/core/contract/PlaceIdentity"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { InvalidJob } from "../kind/JobError.ts"
import type { Prior } from "./Decision.ts"

/** What is to be done with a path: a file to be brought to a side, or one to be removed there. */
export interface Todo {
  readonly path: RemotePath
  readonly isRemoval: boolean
  readonly file: File
}

export type Side = "first" | "second"

/** Something that waits for another spelling of its path: a file of one side alone, or what was in common at a path that neither side lists. */
export interface Held {
  /** Of all spellings the same. */
  readonly name: string
  readonly path: RemotePath
  /** Absent for what was in common. */
  readonly on: { readonly side: Side; readonly file: File } | undefined
  readonly prior: Prior | undefined
}

export interface PairState {
  /** Files that both sides had. */
  readonly count: number
  /** In the order of paths, with their bytes as they compare. */
  readonly prior: () => Iterator<readonly [path: string, prior: Prior]>
  readonly record: (path: string, prior: Prior) => void
  readonly forget: (path: string) => void
  readonly plan: (side: Side, todo: Todo) => void
  readonly planned: (side: Side) => Iterable<Todo>
  /** What was planned for the path on that side. */
  readonly todo: (side: Side, path: string) => Todo | undefined
  readonly hold: (held: Held) => void
  /** All that is held, in groups of one name. */
  readonly held: () => Iterable<ReadonlyArray<Held>>
}

/** Raised by whatever an older program could misread. */
const format = 1

const schema = `
  create table if not exists file (path text primary key, size integer not null, modified integer) strict, without rowid;
  create table if not exists todo (side text, path text, removal integer not null, file text not null,
    primary key (side, path)) strict, without rowid;
  create table if not exists held (name text, side text, path text, file text, size integer, modified integer,
    primary key (name, side, path)) strict, without rowid;
  delete from todo;
  delete from held;
`

const keyOf = (places: ReadonlyArray<PlaceIdentity>): string => {
  const named = places.map(({ account, ways }) => [account, ways[0]?.map(({ name }) => name)])
  return hash("sha256", JSON.stringify(named)).slice(0, 32)
}

const openDatabase = (file: string): DatabaseSync => {
  const database = new DatabaseSync(file)
  database.exec("pragma journal_mode = wal; pragma synchronous = normal")
  const version = Number(database.prepare("pragma user_version").get()?.["user_version"])
  if (version > format) {
    database.close()
    throw new Error(`${file} was written by a newer version of this program`)
  }
  database.exec(`${schema} pragma user_version = ${format}; begin`)
  return database
}

const todoOf = (row: Record<string, unknown>): Todo => ({
  path: String(row["path"]) as RemotePath,
  isRemoval: row["removal"] === 1,
  file: JSON.parse(String(row["file"]))
})

const priorOf = (row: Record<string, unknown>): Prior => ({
  size: Number(row["size"]),
  modifiedAt: row["modified"] === null ? undefined : Number(row["modified"])
})

/** `side` is empty for what was in common. */
const heldOf = (row: Record<string, unknown>): Held => ({
  name: String(row["name"]),
  path: String(row["path"]) as RemotePath,
  on: row["side"] === "" ? undefined : { side: row["side"] as Side, file: JSON.parse(String(row["file"])) },
  prior: row["size"] === null ? undefined : priorOf(row)
})

type Places = readonly [first: PlaceIdentity, second: PlaceIdentity]

const opening = Effect.fnUntraced(function* (
  stateDirectory: string,
  places: Places,
  isNew: boolean,
  end: "commit" | "rollback"
): Effect.fn.Return<PairState, InvalidJob, Scope.Scope> {
  const folder = join(stateDirectory, "bisync")
  const file = join(folder, `${keyOf(places)}.sqlite`)
  const opened = Effect.try({
    try: () => {
      makeFolder(folder)
      return openDatabase(file)
    },
    catch: (error) =>
      new InvalidJob({ message: `what both sides had in common can not be kept: ${(error as Error).message}` })
  })
  const database = yield* Effect.acquireRelease(opened, (database) =>
    Effect.sync(() => {
      database.exec(end)
      database.close()
    })
  )
  if (isNew) database.exec("delete from file")
  const insertFile = database.prepare("insert or replace into file values (?, ?, ?)")
  const deleteFile = database.prepare("delete from file where path = ?")
  const insertTodo = database.prepare("insert or replace into todo values (?, ?, ?, ?)")
  const oneTodo = database.prepare("select * from todo where side = ? and path = ?")
  const insertHeld = database.prepare("insert or replace into held values (?, ?, ?, ?, ?, ?)")
  const rowsHeld = function* () {
    const page = database.prepare(
      "select * from held where (name, side, path) > (?, ?, ?) order by name, side, path limit 1000"
    )
    for (let rows = page.all("", "", ""); rows.length > 0; ) {
      yield* rows
      const last = rows.at(-1)!
      rows = page.all(last["name"]!, last["side"]!, last["path"]!)
    }
  }
  return {
    count: Number(database.prepare("select count(*) as files from file").get()?.["files"]),
    prior: function* () {
      // A page at a time, as rows are written meanwhile.
      const page = database.prepare("select * from file where path > ? order by path limit 1000")
      for (let last = "\0", rows = page.all(""); rows.length > 0; rows = page.all(last)) {
        for (const row of rows) {
          last = String(row["path"])
          yield [last, priorOf(row)] as const
        }
      }
    },
    record: (path, { modifiedAt = null, size }: { size: number; modifiedAt?: number | null | undefined }) =>
      void insertFile.run(path, size, modifiedAt),
    forget: (path) => void deleteFile.run(path),
    plan: (side, { file, isRemoval, path }) => void insertTodo.run(side, path, isRemoval ? 1 : 0, JSON.stringify(file)),
    planned: function* (side) {
      const page = database.prepare("select * from todo where side = ? and path > ? order by path limit 1000")
      for (let last = "", rows = page.all(side, ""); rows.length > 0; rows = page.all(side, last)) {
        for (const row of rows) {
          last = String(row["path"])
          yield todoOf(row)
        }
      }
    },
    todo: (side, path) => {
      const row = oneTodo.get(side, path)
      return row === undefined ? undefined : todoOf(row)
    },
    hold: ({ name, on, path, prior }) => {
      const file = on === undefined ? null : JSON.stringify(on.file)
      insertHeld.run(name, on?.side ?? "", path, file, prior?.size ?? null, prior?.modifiedAt ?? null)
    },
    held: function* () {
      let group: Array<Held> = []
      for (const row of rowsHeld()) {
        const held = heldOf(row)
        if (group.length > 0 && group[0]!.name !== held.name) {
          yield group
          group = []
        }
        group.push(held)
      }
      if (group.length > 0) yield group
    }
  }
})

/** Of the pair, until the scope closes. `isNew` forgets what they had in common. Fails where the file can not be used. */
export const open = (stateDirectory: string, places: Places, isNew: boolean) =>
  opening(stateDirectory, places, isNew, "commit")

/** The same, and nothing of what is written stays. */
export const openPreview = (stateDirectory: string, places: Places, isNew: boolean) =>
  opening(stateDirectory, places, isNew, "rollback")
