/**
 * What the storage has yet to learn. A row holds a node, never a name: what is to be done is decided when its turn comes,
 * by comparing what the tree says with what the storage has of it. What has left the tree stands by the path it had there.
 */
import type { File } from "@ourclone/core/contract/Entry"
import type { Remedy } from "@ourclone/core/contract/Remedy"
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
  /** What could be done about the error. */
  readonly remedy: Remedy | undefined
  /** Not tried again until somebody asks for it: the storage will always refuse it, or has to be told something else first. */
  readonly isParked: boolean
}

const slice = 1_000

const ofRow = (row: Row): QueueRow => ({
  seq: Number(row.seq),
  kind: kinds[Number(row.kind)]!,
  ino: row.ino === null ? undefined : Number(row.ino),
  path: row.path === null ? undefined : String(row.path),
  seen: row.seen === null ? undefined : (JSON.parse(String(row.seen)) as File),
  due: Number(row.due),
  attempts: Number(row.attempts),
  error: row.error === null ? undefined : String(row.error),
  remedy: row.remedy === null ? undefined : (JSON.parse(String(row.remedy)) as Remedy),
  isParked: row.isParked === 1
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
    this.changed(ino)
    this.journal.run(
      "insert into queue (kind, ino, due) values (0, ?, ?) on conflict (ino) where ino is not null do update set due = excluded.due, isParked = 0, attempts = 0",
      ino,
      due
    )
  }

  /** The node has changed; it is due when it was, and what is done with it at this moment is not all. */
  changed(ino: number): void {
    this.wishes.set(ino, (this.wishes.get(ino) ?? 0) + 1)
  }

  of(ino: number): QueueRow | undefined {
    const row = this.journal.first("select * from queue where ino = ?", ino)
    return row === undefined ? undefined : ofRow(row)
  }

  /** The node is due at once, where it is wanted at all. */
  hurryNode(ino: number, now: number): void {
    this.journal.run("update queue set due = min(due, ?), isParked = 0 where ino = ?", now, ino)
  }

  unwant(ino: number): void {
    this.journal.run("delete from queue where ino = ?", ino)
  }

  /**
   * What the storage has at `path` is to go, where it is what was `seen` there, or what was begun to be stored. Something
   * else stays. What was seen there by who wished for it before is still known where nothing is `seen` now.
   */
  bury(kind: "removeFile" | "removeDirectory", path: string, seen: File | undefined, due: number): void {
    this.wishes.set(path, (this.wishes.get(path) ?? 0) + 1)
    this.journal.run(
      "insert into queue (kind, path, seen, due) values (?, ?, ?, ?) on conflict (path, kind) where path is not null do update set seen = coalesce(excluded.seen, seen), due = excluded.due, isParked = 0, attempts = 0",
      kinds.indexOf(kind),
      path,
      seen === undefined ? null : JSON.stringify(seen),
      due
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
      this.journal.first("select 1 from queue where path = ? limit 1", path) !== undefined ||
      this.buriedBelow(path) !== undefined
    )
  }

  /** What whoever waits for removals below `directory` has to do; undefined where there are none. */
  buriedBelow(directory: string): "wait" | "stuck" | undefined {
    const [from, to] = [`${directory}/`, `${directory}0`]
    const first = this.journal.first(
      "select isParked from queue where path > ? and path < ? order by isParked limit 1",
      from,
      to
    )
    if (first === undefined) return undefined
    return Number(first.isParked) === 1 ? "stuck" : "wait"
  }

  /** `seq` of those that are due, in their order. */
  ready(now: number, most: number): ReadonlyArray<number> {
    return this.journal.numbers(
      "select seq from queue where isParked = 0 and due <= ? order by due, seq limit ?",
      now,
      most
    )
  }

  /** What is due later than `latest` is due at `now`. */
  pull(latest: number, now: number): void {
    this.journal.run("update queue set due = ? where due > ? and isParked = 0", now, latest)
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

  /** The first that is so, in their order. */
  find(isIt: (row: QueueRow) => boolean): QueueRow | undefined {
    for (let after = 0; ; ) {
      const some = this.journal.rows("select * from queue where seq > ? order by seq limit ?", after, slice).map(ofRow)
      const found = some.find(isIt)
      if (found !== undefined || some.length < slice) return found
      after = some.at(-1)!.seq
    }
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
      "update queue set due = ?, attempts = ?, error = ?, remedy = null where seq = ?",
      due,
      attempts,
      error ?? null,
      seq
    )
  }

  park(seq: number, error: string, remedy?: Remedy): void {
    this.journal.run(
      "update queue set isParked = 1, error = ?, remedy = ? where seq = ?",
      error,
      remedy === undefined ? null : JSON.stringify(remedy),
      seq
    )
  }

  /** What was parked is tried once more, in its time. */
  unpark(): void {
    this.journal.run("update queue set isParked = 0, attempts = 0 where isParked = 1")
  }

  /** Everything is due now, what was parked too. */
  hurry(now: number): void {
    this.journal.run("update queue set due = min(due, ?), isParked = 0", now)
  }
}
