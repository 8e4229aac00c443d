/** Snapshots to choose from. */
import type { Snapshot } from "../../src/format/Snapshot.ts"
import { idOf } from "./nodes.ts"

/** One of a time; `fields` says what is different. Its id is made of all that. */
export const at = (time: string, fields: Partial<Snapshot> = {}): Snapshot => ({
  id: idOf(time + JSON.stringify(fields)),
  time,
  tree: idOf("tree"),
  paths: ["/home"],
  hostname: "host",
  username: "root",
  uid: 0,
  gid: 0,
  excludes: [],
  tags: [],
  ...fields
})
