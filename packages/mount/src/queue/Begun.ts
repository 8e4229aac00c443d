/**
 * What was begun to be stored, and where, until it is known what stands there: after a kill it may have come, or not.
 *
 * There may be several for one path, of tries before this one, or of a node that has left: each of them may be what the
 * storage has, and is told from another client's by it.
 */
import type { File } from "@ourclone/core/contract/Entry"
import type { Journal, Row } from "../journal/Journal.ts"

const fileOf = ({ file }: Row): File => JSON.parse(String(file)) as File

export class Begun {
  private readonly journal: Journal

  constructor(journal: Journal) {
    this.journal = journal
  }

  /**
   * What is about to be stored for the node: that may begin in the moment in which this is resolved, and not where
   * `fileOf` said that there is nothing any more.
   */
  async note(ino: number, fileOf: () => File | undefined): Promise<boolean> {
    let isNoted = false
    await this.journal.together(() => {
      const file = fileOf()
      isNoted = file !== undefined
      if (file === undefined) return
      this.journal.run(
        "insert into begun (path, ino, file) select ?1, ?2, ?3 where not exists (select 1 from begun where path = ?1 and ino = ?2 and file = ?3)",
        file.path,
        ino,
        JSON.stringify(file)
      )
    })
    return isNoted
  }

  /** What stands at `path` is known: none of it is in doubt any more. */
  over(path: string): void {
    this.journal.run("delete from begun where path = ?", path)
  }

  at(path: string): ReadonlyArray<File> {
    return this.journal.rows("select file from begun where path = ?", path).map(fileOf)
  }

  /** The same of what was begun for nodes that have left: one that is there is still to look. */
  overOfLeft(path: string): void {
    this.journal.run("delete from begun where path = ? and ino is null", path)
  }

  /** The same of what was begun for that node alone: a folder does not keep a file from its name. */
  overOf(ino: number, path: string): void {
    this.journal.run("delete from begun where path = ? and ino = ?", path, ino)
  }

  /** What of it was begun for that node. */
  of(ino: number, path: string): ReadonlyArray<File> {
    return this.journal.rows("select file from begun where ino = ? and path = ?", ino, path).map(fileOf)
  }

  isAt(path: string): boolean {
    return this.journal.first("select 1 from begun where path = ? limit 1", path) !== undefined
  }

  /** Whether something that is still to be looked after was begun below a directory. */
  isUnderWayBelow(directory: string): boolean {
    const [from, to] = [`${directory}/`, `${directory}0`]
    const sql =
      "select 1 from begun where path > ? and path < ? and ino in (select ino from queue where isParked = 0) limit 1"
    return this.journal.first(sql, from, to) !== undefined
  }

  /** Paths at which something of the node was begun. */
  pathsOf(ino: number): ReadonlyArray<string> {
    return this.journal.rows("select distinct path from begun where ino = ?", ino).map(({ path }) => String(path))
  }

  /** The node will not look at `path` again; what may have come there is still known for ours. */
  leave(ino: number, path: string): void {
    this.journal.run("update begun set ino = null where ino = ? and path = ?", ino, path)
  }

  /** Nodes of which something was begun. */
  nodes(): ReadonlyArray<number> {
    return this.journal
      .rows("select distinct ino from begun where ino is not null and ino in (select ino from queue)")
      .map(({ ino }) => Number(ino))
  }
}
