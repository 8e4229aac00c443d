/**
 * What the storage has yet to learn. A row holds a node, never a name: what is to be done is decided when its turn comes,
 * by comparing what the tree says with what the storage has of it. What has left the tree stands by the path it had there.
 */
import type { File } from "@ourclone/core/contract/Entry"
import type { Journal, Row } from "../journal/Journal.ts"

export type Kind = "node" | "removeFile" | "removeDirectory"
const kinds: ReadonlyArray<Kind> = ["node", "removeFile", "removeDirectory"]

export interface QueueRow {
  readonly seq: number
  readonly kind: Kind
  readonly ino: number | undefined
  readonly path: string | undefined
  readonly seen: File | undefined
  /** Milliseconds since 1970. */
  readonly due: number
  readonly attempts: number
  readonly error: string | undefined
  /** Not tried again until somebody asks for it: the storage will always refuse it, or has to be told something else first. */
  readonly isParked: boolean
  /** What was begun to be stored, and where, until its end is noted: after a kill it may be there, or not. */
  readonly sending: File | undefined
}

const ofRow = (row: Row): QueueRow => ({
  seq: Number(row.seq),
  kind: kinds[Number(row.kind)]!,
  ino: row.ino === null ? undefined : Number(row.ino),
  path: row.path === null ? undefined : String(row.path),
  seen: row.seen === null ? undefined : (JSON.parse(String(row.seen)) as File),
  due: Number(row.due),
  attempts: Number(row.attempts),
  error: row.error === null ? undefined : String(row.error),
  isParked: row.isParked === 1,
  sending: row.sending === null ? undefined : (JSON.parse(String(row.sending)) as File)
})

export class Queue {
  private readonly journal: Journal
  /** How often each node or path was wanted, so that what comes while one is worked on is not taken for done with it. */
  private readonly wishes = new Map<number | string, number>()

  constructor(journal: Journal) {
    this.journal = journal
  }

  /** The node is to be looked at when it is `due`; one row for each, the first one's place in the order. */
  want(ino: number, due: number): void {
    this.wishes.set(ino, (this.wishes.get(ino) ?? 0) + 1)
    this.journal.run(
      "insert into queue (kind, ino, due) values (0, ?, ?) on conflict (ino) where ino is not null do update set due = excluded.due, isParked = 0, attempts = 0",
      ino,
      due
    )
  }

  /** `file` is about to be stored at its path for the node. */
  begin(ino: number, file: File): void {
    this.journal.run("update queue set sendingTo = ?, sending = ? where ino = ?", file.path, JSON.stringify(file), ino)
  }

  /** What was begun has come to its end, and the tree knows how. */
  ended(ino: number): void {
    this.journal.run("update queue set sendingTo = null, sending = null where ino = ?", ino)
  }

  of(ino: number): QueueRow | undefined {
    const row = this.journal.first("select * from queue where ino = ?", ino)
    return row === undefined ? undefined : ofRow(row)
  }

  /** What was begun to be stored at `path`, and may have come there: its end was not noted. */
  begunAt(path: string): ReadonlyArray<File> {
    return this.journal
      .rows("select sending from queue where sendingTo = ?1 or (path = ?1 and sending is not null)", path)
      .map(({ sending }) => JSON.parse(String(sending)) as File)
  }

  /** Nodes of which something was begun, and its end not noted. They are due at once. */
  unresolved(now: number): ReadonlyArray<number> {
    this.journal.run("update queue set due = min(due, ?), isParked = 0 where sendingTo is not null", now)
    return this.journal
      .rows("select ino from queue where sendingTo is not null and ino is not null")
      .map(({ ino }) => Number(ino))
  }

  isSendingTo(path: string): boolean {
    return this.journal.first("select 1 from queue where sendingTo = ? limit 1", path) !== undefined
  }

  unwant(ino: number): void {
    this.journal.run("delete from queue where ino = ?", ino)
  }

  /**
   * What the storage has at `path` is to go, where it is what was `seen` there, or what was begun to be stored. Something
   * else stays.
   */
  bury(
    kind: "removeFile" | "removeDirectory",
    path: string,
    seen: File | undefined,
    due: number,
    sending?: File | undefined
  ): void {
    this.wishes.set(path, (this.wishes.get(path) ?? 0) + 1)
    this.journal.run(
      "insert into queue (kind, path, seen, due, sending) values (?, ?, ?, ?, ?) on conflict (path, kind) where path is not null do update set seen = excluded.seen, due = excluded.due, sending = excluded.sending, isParked = 0, attempts = 0",
      kinds.indexOf(kind),
      path,
      seen === undefined ? null : JSON.stringify(seen),
      due,
      sending === undefined ? null : JSON.stringify(sending)
    )
  }

  /** Another of its kind stands at `path` now, so nothing is to go. */
  unbury(kind: "removeFile" | "removeDirectory", path: string): void {
    this.journal.run("delete from queue where path = ? and kind = ?", path, kinds.indexOf(kind))
  }

  buried(kind: "removeFile" | "removeDirectory", path: string): QueueRow | undefined {
    const row = this.journal.first("select * from queue where path = ? and kind = ?", path, kinds.indexOf(kind))
    return row === undefined ? undefined : ofRow(row)
  }

  /** Whether something at `path`, of whatever kind, or below it is to go. */
  isLeaving(path: string): boolean {
    return (
      this.journal.first("select 1 from queue where path = ? limit 1", path) !== undefined || this.isBuriedBelow(path)
    )
  }

  isBuriedBelow(directory: string): boolean {
    const [from, to] = [`${directory}/`, `${directory}0`]
    return this.journal.first("select 1 from queue where path > ? and path < ? limit 1", from, to) !== undefined
  }

  ready(now: number, most: number): ReadonlyArray<QueueRow> {
    return this.journal
      .rows("select * from queue where isParked = 0 and due <= ? order by due, seq limit ?", now, most)
      .map(ofRow)
  }

  /** When the next one is due. */
  next(): number | undefined {
    const due = this.journal.first("select min(due) as due from queue where isParked = 0")?.due
    return due === null || due === undefined ? undefined : Number(due)
  }

  get(seq: number): QueueRow | undefined {
    const row = this.journal.first("select * from queue where seq = ?", seq)
    return row === undefined ? undefined : ofRow(row)
  }

  all(most: number): ReadonlyArray<QueueRow> {
    return this.journal.rows("select * from queue order by seq limit ?", most).map(ofRow)
  }

  count(): { readonly all: number; readonly parked: number } {
    const row = this.journal.first("select count(*) as n, coalesce(sum(isParked), 0) as parked from queue")!
    return { all: Number(row.n), parked: Number(row.parked) }
  }

  get isEmpty(): boolean {
    return this.journal.first("select 1 from queue limit 1") === undefined
  }

  wish({ ino, path }: QueueRow): number {
    return this.wishes.get(ino ?? path ?? "") ?? 0
  }

  done({ ino, path, seq }: QueueRow): void {
    this.wishes.delete(ino ?? path ?? "")
    this.journal.run("delete from queue where seq = ?", seq)
  }

  later(seq: number, due: number, attempts: number, error: string | undefined): void {
    this.journal.run(
      "update queue set due = ?, attempts = ?, error = ? where seq = ?",
      due,
      attempts,
      error ?? null,
      seq
    )
  }

  park(seq: number, error: string): void {
    this.journal.run("update queue set isParked = 1, error = ? where seq = ?", error, seq)
  }

  /** Everything is due now, what was parked too. */
  hurry(now: number): void {
    this.journal.run("update queue set due = min(due, ?), isParked = 0", now)
  }
}
