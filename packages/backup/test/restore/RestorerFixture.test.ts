import { hash } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Posix from "@ourclone/system/Posix"
import { Effect } from "effect"
import { permissionsOf } from "../../src/format/FileMode.ts"
import * as Snapshot from "../../src/format/Snapshot.ts"
import * as BlobReader from "../../src/repository/BlobReader.ts"
import * as IndexLoader from "../../src/repository/IndexLoader.ts"
import * as Restorer from "../../src/restore/Restorer.ts"
import * as fixture from "../support/fixture.ts"
import * as TestRepository from "../support/TestRepository.ts"

interface ExpectedNode {
  readonly path: string
  readonly path_b64: string
  readonly type: string
  readonly go_mode: number
  readonly mtime_ns: string
  readonly uid: number
  readonly gid: number
  readonly size?: number
  readonly sha256?: string
  readonly nlink?: number
  readonly linktarget?: string
  readonly device?: number
  readonly xattrs?: unknown
}

const snapshots: ReadonlyArray<[string, { readonly nodes: ReadonlyArray<ExpectedNode> }]> = Object.entries(
  fixture.expected().snapshots
)

const isRoot = process.geteuid?.() === 0
/** Only the superuser may make device files and give files away. */
const needsRoot = (node: ExpectedNode): boolean => node.type === "dev" || node.type === "chardev"

const typeOf = (stats: fs.BigIntStats): string =>
  stats.isDirectory()
    ? "dir"
    : stats.isSymbolicLink()
      ? "symlink"
      : stats.isFIFO()
        ? "fifo"
        : stats.isBlockDevice()
          ? "dev"
          : stats.isCharacterDevice()
            ? "chardev"
            : "file"

const attributesOf = (path: Buffer) =>
  Object.fromEntries(
    Posix.listAttributes(path).map((name) => [name.toString(), Posix.getAttribute(path, name).toString("hex")])
  )

const countBelow = (folder: Buffer): number => {
  let count = 0
  for (const name of fs.readdirSync(folder, { encoding: "buffer" })) {
    const path = Buffer.concat([folder, Buffer.from("/"), name])
    count += 1 + (fs.lstatSync(path).isDirectory() ? countBelow(path) : 0)
  }
  return count
}

const expectedAttributes = (id: string) => {
  const all = new Map<string, Record<string, string>>()
  return Effect.gen(function* () {
    const repository = yield* TestRepository.openFolder(fixture.path, { password: fixture.password })
    const { index } = yield* IndexLoader.load(repository)
    const reader = BlobReader.make(repository, index)
    const snapshot = Snapshot.decode(yield* repository.load("snapshots", id), id)
    const walk = (tree: string, above: Buffer): Effect.Effect<void, unknown> =>
      Effect.gen(function* () {
        for (const node of yield* reader.tree(tree)) {
          const path = Buffer.concat([above, Buffer.from("/"), node.name])
          const attributes = node.extendedAttributes.map(({ name, value }) => [
            name,
            Buffer.from(value ?? []).toString("hex")
          ])
          all.set(path.toString("base64"), Object.fromEntries(attributes))
          if (node.subtree !== undefined) yield* walk(node.subtree, path)
        }
      })
    yield* walk(snapshot.tree, Buffer.alloc(0))
    return { all, repository, reader, snapshot }
  })
}

describe("Restorer on restic's own repository", () => {
  for (const [id, { nodes }] of snapshots) {
    it.effect(`restores every attribute of every file of snapshot ${id.slice(0, 8)}`, () =>
      Effect.gen(function* () {
        const target = join(yield* TestRepository.folder, "restored")
        const { all, reader, repository, snapshot } = yield* expectedAttributes(id)
        const summary = yield* Restorer.restore(repository, reader, { snapshot, target, verify: true })
        expect(summary.failures).toBe(isRoot ? 0 : nodes.filter(needsRoot).length)
        expect(summary.totalFiles).toBe(nodes.length)

        for (const node of nodes) {
          if (!isRoot && needsRoot(node)) continue
          const bytes = Buffer.from(node.path_b64, "base64")
          const path = Buffer.concat([Buffer.from(target), bytes])
          const stats = fs.lstatSync(path, { bigint: true })
          expect(typeOf(stats), node.path).toBe(node.type)
          expect(stats.mtimeNs, node.path).toBe(BigInt(node.mtime_ns))
          if (node.type !== "symlink") expect(Number(stats.mode) & 0o7777, node.path).toBe(permissionsOf(node.go_mode))
          if (isRoot) expect([Number(stats.uid), Number(stats.gid)], node.path).toEqual([node.uid, node.gid])
          if (node.nlink !== undefined) expect(Number(stats.nlink), node.path).toBe(node.nlink)
          if (node.device !== undefined) expect(Number(stats.rdev), node.path).toBe(node.device)
          if (node.linktarget !== undefined) expect(fs.readlinkSync(path), node.path).toBe(node.linktarget)
          if (isRoot || node.type !== "file") expect(attributesOf(path), node.path).toEqual(all.get(node.path_b64))
          if (node.type !== "file" || (!isRoot && (node.go_mode & 0o400) === 0)) continue
          const content = fs.readFileSync(path)
          expect(content.length, node.path).toBe(node.size)
          expect(hash("sha256", content), node.path).toBe(node.sha256)
        }
        expect(countBelow(Buffer.from(target))).toBe(
          isRoot ? nodes.length : nodes.filter((node) => !needsRoot(node)).length
        )
      }).pipe(Effect.scoped)
    )
  }

  it.effect("makes two names one file where they were one", () =>
    Effect.gen(function* () {
      const target = join(yield* TestRepository.folder, "restored")
      const { reader, repository, snapshot } = yield* expectedAttributes(snapshots[0]![0])
      yield* Restorer.restore(repository, reader, { snapshot, target })
      const inode = (path: string) => fs.statSync(join(target, path)).ino
      expect(inode("tree/links/hard-1")).toBe(inode("tree/deep/a/hard-2"))
    }).pipe(Effect.scoped)
  )

  it.effect("restores a folder of the snapshot as if it were all of it", () =>
    Effect.gen(function* () {
      const target = join(yield* TestRepository.folder, "restored")
      const { reader, repository, snapshot } = yield* expectedAttributes(snapshots[0]![0])
      const summary = yield* Restorer.restore(repository, reader, { snapshot, target, subfolder: "/tree/deep/a/b" })
      expect(fs.readdirSync(target)).toEqual(["c"])
      expect(fs.readFileSync(join(target, "c/leaf.txt"), "utf8")).toBe("leaf\n")
      expect(summary.totalFiles).toBe(2)
      const missing = yield* Effect.flip(
        Restorer.restore(repository, reader, { snapshot, target, subfolder: "no/such" })
      )
      expect(missing.message).toContain('there is no folder "no/such"')
    }).pipe(Effect.scoped)
  )

  it.effect("leaves holes for blocks of zeros, and the same bytes", () =>
    Effect.gen(function* () {
      const target = join(yield* TestRepository.folder, "restored")
      const { reader, repository, snapshot } = yield* expectedAttributes(snapshots[0]![0])
      yield* Restorer.restore(repository, reader, { snapshot, target, sparse: true, verify: true })
      const stats = fs.statSync(join(target, "tree/sparse.img"))
      expect(stats.size).toBe(3_145_738)
      expect(stats.blocks * 512).toBeLessThan(100_000)
    }).pipe(Effect.scoped)
  )
})
