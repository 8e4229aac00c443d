/** What a mount finds in its cache when it begins: what the process before left, however it ended. */
import * as fs from "node:fs"
import * as path from "node:path"
import { rootIno } from "../contract/FileSystem.ts"
import { isUnfinished, unfinishedPrefix } from "../contract/UnfinishedName.ts"
import { besides } from "../queue/ConflictName.ts"
import type { World } from "../queue/World.ts"
import { type Node, timeOf } from "../tree/Node.ts"

/** Takes away what nobody can reach any more. */
const clean = ({ journal }: World, directory: string): void => {
  journal.transaction(() => {
    journal.run("delete from node where (parent is null or name is null) and ino <> ?", rootIno)
    journal.run("delete from property where ino not in (select ino from node)")
    journal.run("delete from content where id not in (select content from node where content is not null)")
    journal.run("delete from queue where ino is not null and ino not in (select ino from node)")
  })
  const known = new Set(journal.rows("select id from content").map(({ id }) => String(id)))
  for (const folder of fs.readdirSync(directory)) {
    const within = path.join(directory, folder)
    for (const file of fs.statSync(within).isDirectory() ? fs.readdirSync(within) : []) {
      if (!known.has(file)) fs.rmSync(path.join(within, file), { force: true })
    }
  }
}

/** Uploads that the process before did not finish. What the storage has under such a name is another client's. */
const dropUnfinished = ({ journal, queue, tree }: World): void => {
  const left = journal.rows("select ino, name from node where name glob ? and remote is null", `${unfinishedPrefix}*`)
  journal.transaction(() => {
    for (const { ino, name } of left) {
      const node = isUnfinished(String(name)) ? tree.get(Number(ino)) : undefined
      if (node === undefined) continue
      queue.unwant(node.ino)
      tree.remove(node)
    }
  })
}

/** A cut of the power may have taken bytes that were never synced: those are kept under a name of their own, not taken for the file. */
const setAside = (world: World, node: Node): void => {
  const { contents, queue, settings, tree } = world
  const name = besides(node.name ?? "", "recovered", new Date(settings.now()), settings.host, 0)
  const time = timeOf(settings.now())
  const copy = tree.add({ ...node, name, remote: undefined, seen: undefined, isDirty: true, changed: time })
  queue.want(copy.ino, settings.now())
  const content = node.content === undefined ? undefined : contents.get(node.content)
  if (content?.base !== undefined && content.missing(0, content.size).length === 0) content.own()
  settings.note(
    "Recovered",
    `"${tree.path(node) ?? node.name}" was not synced before the power went: what is left of it is kept as "${name}"`
  )
  if (node.seen === undefined) {
    queue.unwant(node.ino)
    tree.remove(node)
    return
  }
  Object.assign(node, { content: undefined, size: node.seen.size, isDirty: node.remote !== tree.path(node) })
  node.generation++
  if (!node.isDirty) queue.unwant(node.ino)
  tree.save(node)
}

/** Everything that was not synced in an earlier life of the machine, and is not what was summed. */
const doubt = (world: World, boot: string): void => {
  const { contents, journal, tree } = world
  const suspects = journal.rows(
    "select node.ino, content.id from content join node on node.content = content.id where content.isSynced = 0 and content.boot <> ? and content.dirty <> '[]'",
    boot
  )
  for (const { id, ino } of suspects) {
    const [content, node] = [contents.get(Number(id)), tree.get(Number(ino))]
    if (content === undefined || node === undefined || content.isIntact()) continue
    journal.transaction(() => setAside(world, node))
  }
}

/** A killed process may have left files that are shorter than they were said to be. */
export const recover = (world: World, directory: string, boot: string): void => {
  // What a killed process committed may not be on the disk yet, and files are taken away by it.
  world.journal.durably(() => {})
  if (!world.settings.isReadOnly) dropUnfinished(world)
  clean(world, directory)
  doubt(world, boot)
  world.journal.run("update mount set boot = ?", boot)
  // A key may have been replaced meanwhile, or room been made.
  world.queue.unpark()
}
