import type { NodeRow } from "@ourclone/jobs/repository/NodeRow"
import type { SnapshotRow } from "@ourclone/jobs/repository/SnapshotRow"
import { expect, test } from "vitest"
import * as NcduText from "../src/repository/NcduText.ts"

test("a name that holds a slash opens and closes no folder", () => {
  const node = (type: string, path: string, name: string) =>
    ({
      type,
      path,
      name,
      size: 1,
      mode: 0o644,
      mtime: "2024-01-01T00:00:00Z",
      deviceId: 1n,
      inode: 1n
    }) as unknown as NodeRow
  const text = NcduText.make()
  const nodes = [
    node("dir", "/d", "d"),
    node("file", "/d/a/b", "a/b"),
    node("file", "/d/c", "c"),
    node("file", "/e", "e")
  ]
  const snapshot = { time: "2024-01-01T00:00:00Z", tree: "", paths: [], hostname: "", username: "", uid: 0, gid: 0 }
  const begin = text.begin({ ...snapshot, id: "1", short_id: "1", tags: [], excludes: [] } as unknown as SnapshotRow)
  const [, , , root] = JSON.parse(begin + nodes.map(text.node).join("") + text.end())
  expect(root[1].map(({ name }: { name: string }) => name)).toEqual(["d", "a/b", "c"])
  expect(root[2].name).toBe("e")
})
