/** Small values beside nodes, on this machine alone. */
import type { FileSystem } from "../contract/FileSystem.ts"
import { Refused } from "../contract/Refusal.ts"
import type { World } from "../queue/World.ts"

/** In bytes, of all values of one node: what Linux allows for one. */
const mostBytes = 64 * 1024

export const properties = ({
  journal,
  settings,
  tree
}: World): Pick<FileSystem, "getProperty" | "listProperties" | "setProperty" | "removeProperty"> => {
  const value = (ino: number, key: string) =>
    journal.first("select value from property where ino = ? and key = ?", ino, key)?.value as Uint8Array | undefined
  return {
    getProperty: (ino, key) => value(ino, key) ?? new Refused(tree.get(ino) === undefined ? "NotFound" : "NoProperty"),
    listProperties: (ino) =>
      tree.get(ino) === undefined
        ? new Refused("NotFound")
        : journal.rows("select key from property where ino = ? order by key", ino).map(({ key }) => String(key)),
    setProperty: (ino, key, bytes, how) => {
      if (tree.get(ino) === undefined) return new Refused("NotFound")
      if (settings.isReadOnly) return new Refused("ReadOnly")
      const known = value(ino, key)
      if (how === "add" && known !== undefined) return new Refused("AlreadyExists")
      if (how === "change" && known === undefined) return new Refused("NoProperty")
      const others = journal.first(
        "select coalesce(sum(length(value)), 0) as bytes from property where ino = ? and key <> ?",
        ino,
        key
      )
      if (Number(others!.bytes) + bytes.length > mostBytes) return new Refused("NoSpace")
      journal.run(
        "insert into property (ino, key, value) values (?, ?, ?) on conflict do update set value = excluded.value",
        ino,
        key,
        bytes
      )
      return undefined
    },
    removeProperty: (ino, key) => {
      if (settings.isReadOnly) return new Refused("ReadOnly")
      return journal.run("delete from property where ino = ? and key = ?", ino, key) > 0
        ? undefined
        : new Refused("NoProperty")
    }
  }
}
