import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Dump from "@ourclone/backup/look/Dump"
import * as BlobReader from "@ourclone/backup/repository/BlobReader"
import * as IndexLoader from "@ourclone/backup/repository/IndexLoader"
import * as Repository from "@ourclone/backup/repository/Repository"
import * as Snapshots from "@ourclone/backup/repository/Snapshots"
import { skipWithout } from "@ourclone/core/testing/Programs"
import * as LocalProvider from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as fixture from "../support/fixture.ts"
import * as HandMade from "../support/HandMadeSnapshot.ts"
import { isRoot, temporaryFolder } from "../support/machine.ts"
import * as TestRepository from "../support/TestRepository.ts"

const open = Effect.gen(function* () {
  const provider = yield* LocalProvider.make({ root: fixture.path })
  const repository = yield* Repository.open(provider, { password: fixture.password })
  const { index } = yield* IndexLoader.load(repository)
  const { tree } = yield* Snapshots.find(repository, "latest")
  return { repository, reader: BlobReader.make(repository, index), tree }
})

/** Opened once, since the fixture's password takes a second to check. */
const setUp = Effect.runSync(Effect.cached(open))

const collected = (
  options: Partial<Dump.DumpOptions>,
  change?: (reader: BlobReader.BlobReader) => BlobReader.BlobReader
) =>
  Effect.gen(function* () {
    const { reader, repository, tree } = yield* setUp
    const stream = Dump.dump(repository, change?.(reader) ?? reader, { tree, path: "/", ...options })
    return Buffer.concat(yield* Stream.runCollect(stream))
  })

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

const tar = (input: Buffer, ...options: ReadonlyArray<string>): string =>
  execFileSync("tar", options, { input, maxBuffer: 1e8, stdio: ["pipe", "pipe", "ignore"] }).toString()

describe("Dump", () => {
  it.effect("gives the bytes of a file in many pieces, of a small one and of an empty one", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* collected({ path: "/tree/big.prng" })).length, 5_120_008)
      assert.strictEqual((yield* collected({ path: "tree/deep/a/b/c/leaf.txt" })).length, 5)
      assert.strictEqual((yield* collected({ path: "/tree/empty.bin" })).length, 0)
    })
  )

  it.effect("gives of a directory only what was chosen of it, and says what is not there", () =>
    Effect.gen(function* () {
      const some = yield* collected({ path: "/tree", only: ["deep", "empty.bin"] })
      const names = tar(some, "--list").split("\n")
      assert.include(names, "tree/empty.bin")
      assert.include(names, "tree/deep/a/b/c/leaf.txt")
      assert.deepEqual(
        names.filter((name) => !/^(tree\/(deep\/.*|empty\.bin))?$/.test(name)),
        []
      )
      const error = yield* Effect.flip(collected({ path: "/tree", only: ["empty.bin", "nosuch"] }))
      assert.include(error.message, 'no "/tree/nosuch"')
    })
  )

  it.effect("gives what restic gives, file by file", (context) =>
    Effect.gen(function* () {
      skipWithout(context, "restic")
      const environment = { ...process.env, RESTIC_PASSWORD: "fixture", RESTIC_REPOSITORY: fixture.path }
      const restic = (path: string) =>
        execFileSync("restic", ["dump", "--no-cache", "--no-lock", "latest", path], {
          env: environment,
          maxBuffer: 1e8,
          stdio: ["ignore", "pipe", "ignore"]
        })
      const name = "/tree/names/new\nline"
      assert.deepEqual(yield* collected({ path: name }), restic(name))
      assert.strictEqual(sha256(yield* collected({ path: "/tree/big.prng" })), sha256(restic("/tree/big.prng")))
      const [ours, theirs] = [yield* collected({}), restic("/")]
      assert.strictEqual(tar(ours, "--list"), tar(theirs, "--list"))
      assert.strictEqual(tar(ours, "--extract", "--to-stdout"), tar(theirs, "--extract", "--to-stdout"))
    })
  )

  it.effect.skipIf(!isRoot)("makes a tar archive that unpacks to the source (needs the superuser)", () =>
    Effect.gen(function* () {
      const folder = temporaryFolder()
      tar(yield* collected({ path: "/tree" }), "--extract", "--same-owner", "--directory", folder)
      const at = (name: string) => fs.lstatSync(join(folder, "tree", name), { bigint: true })
      assert.strictEqual(at("old.txt").mtimeNs, -1_500_000_000n)
      assert.strictEqual(at("future.txt").mtimeNs, 4_102_444_800_000_000_001n)
      assert.strictEqual(at("perms/setuid").mode, 0o104755n)
      assert.strictEqual(at("perms/unknown-owner").uid, 12345n)
      assert.strictEqual(fs.readlinkSync(join(folder, "tree/links/sym-rel")), "../hello.txt")
      assert.strictEqual(at("links/hard-1").nlink, 1n)
    })
  )

  it.effect("makes the same archive when run again, with names counted from the root", () =>
    Effect.gen(function* () {
      const { reader, repository, tree } = yield* setUp
      const stream = Dump.dump(repository, reader, { tree, path: "/tree/deep/" })
      const [first, second] = [yield* Stream.runCollect(stream), yield* Stream.runCollect(stream)]
      assert.deepEqual(Buffer.concat(first), Buffer.concat(second))
      const names = tar(Buffer.concat(first), "--list").split("\n")
      assert.deepEqual([names[0], names.at(-2)], ["tree/deep/a/", "tree/deep/empty-dir/"])
    })
  )

  it.effect("makes a zip archive of the same files", () =>
    Effect.gen(function* () {
      const bytes = yield* collected({ path: "/tree/deep", format: "zip" })
      assert.strictEqual(bytes.readUInt32LE(0), 0x04034b50)
      assert.strictEqual(bytes.readUInt16LE(bytes.length - 12), 7)
    })
  )

  it.effect("tells what an archive leaves out", () =>
    Effect.gen(function* () {
      const skipped: Array<string> = []
      yield* collected({ path: "/tree/special", onSkipped: (path) => skipped.push(String(path)) })
      assert.deepEqual(skipped, ["tree/special/blockdev", "tree/special/chardev", "tree/special/fifo"])
    })
  )

  it.effect("leaves out names that lead elsewhere", () =>
    Effect.gen(function* () {
      const skipped: Array<string> = []
      const rename = (reader: BlobReader.BlobReader): BlobReader.BlobReader => ({
        ...reader,
        tree: (id) =>
          Effect.map(reader.tree(id), (nodes) =>
            nodes.map((node) => (String(node.name) === "leaf.txt" ? { ...node, name: Buffer.from("..") } : node))
          )
      })
      const bytes = yield* collected({ path: "/tree/deep", onSkipped: (path) => skipped.push(String(path)) }, rename)
      assert.deepEqual(skipped, ["tree/deep/a/b/c/.."])
      assert.notInclude(tar(bytes, "--list"), "..")
    })
  )

  it.effect("writes nothing below a name that is a link before it, whichever comes first in a hostile directory", () =>
    Effect.gen(function* () {
      for (const names of [
        ["l", "l"],
        ["l", "L"]
      ] as const) {
        const skipped: Array<string> = []
        const disguise = (reader: BlobReader.BlobReader): BlobReader.BlobReader => ({
          ...reader,
          tree: (id) =>
            Effect.map(reader.tree(id), (nodes) => {
              const directory = nodes.find(({ type }) => type === "dir")
              if (directory === undefined) return nodes
              return [
                { ...directory, type: "symlink", linkTarget: "/etc", name: Buffer.from(names[0]) },
                { ...directory, name: Buffer.from(names[1]) }
              ]
            })
        })
        const onSkipped = (path: Uint8Array) => skipped.push(String(path))
        const bytes = yield* collected({ path: "/", onSkipped }, disguise)
        const listed = tar(bytes, "--list").trim().split("\n")
        const twice = names[0] === names[1] ? 1 : 0
        assert.lengthOf(
          skipped.filter((path) => path === "l"),
          twice
        )
        for (const [at, path] of listed.entries()) {
          if (!/(^|\/)l$/.test(path)) continue
          const below = `${path}/`.toLowerCase()
          assert.isFalse(listed.slice(at + 1).some((later) => later.toLowerCase().startsWith(below)))
        }
      }
    })
  )

  for (const format of ["tar", "zip"] as const) {
    it.effect(`writes nothing in a ${format} below a link of a directory that another may become one with`, () =>
      Effect.gen(function* () {
        const { repository } = yield* TestRepository.inMemory()
        const tree = yield* HandMade.store(repository, [
          HandMade.folder("D", [HandMade.folder("X", [HandMade.file("passwd", "bad")])]),
          HandMade.folder("d", [HandMade.link("x", "/etc"), HandMade.folder("e", [HandMade.link("deep", "/etc")])]),
          HandMade.folder("other", [HandMade.link("link", "/etc")]),
          HandMade.folder("d. ", [HandMade.folder("x", [HandMade.file("passwd", "bad")])])
        ])
        const { index } = yield* IndexLoader.load(repository)
        const reader = BlobReader.make(repository, index)
        const bytes = Buffer.concat(
          yield* Stream.runCollect(Dump.dump(repository, reader, { tree, path: "/", format }))
        )
        const expected = ["D/X/passwd", "other/link", "d. /x/passwd", "d/x", "d/e/deep"]
        const places = expected.map((path) => bytes.indexOf(path))
        assert.deepEqual(
          places,
          [...places].sort((left, right) => left - right)
        )
        assert.isAbove(places[0]!, 0)
      })
    )
  }

  it.effect("leaves out names that lead elsewhere on Windows, and takes no path through such a name", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const tree = yield* HandMade.store(repository, [
        HandMade.file("..\\..\\evil", "bad"),
        HandMade.file("\\evil", "bad"),
        HandMade.file("back\\slash", "good"),
        HandMade.folder("..", [HandMade.file("inside", "bad")])
      ])
      const { index } = yield* IndexLoader.load(repository)
      const reader = BlobReader.make(repository, index)
      const skipped: Array<string> = []
      const onSkipped = (path: Uint8Array) => skipped.push(String(path))
      const bytes = Buffer.concat(
        yield* Stream.runCollect(Dump.dump(repository, reader, { tree, path: "/", format: "zip", onSkipped }))
      )
      assert.deepEqual(skipped, ["..\\..\\evil", "\\evil", ".."])
      assert.include(bytes.toString("latin1"), "back\\slash")
      const error = yield* Effect.flip(Stream.runDrain(Dump.dump(repository, reader, { tree, path: "/.." })))
      assert.strictEqual(error._tag === "RepositoryError" && error.reason._tag, "NoSnapshot")
    })
  )

  it.effect("fails with NoSnapshot for what is not there, also below a file", () =>
    Effect.gen(function* () {
      for (const path of ["/nope", "/tree/hello.txt/x", "/tree/nope/x"]) {
        const error = yield* Effect.flip(collected({ path }))
        assert.strictEqual(error._tag === "RepositoryError" && error.reason._tag, "NoSnapshot")
      }
    })
  )

  it.effect("refuses symbolic links and special files", () =>
    Effect.gen(function* () {
      for (const path of ["/tree/links/sym-rel", "/tree/special/fifo"]) {
        const error = yield* Effect.flip(collected({ path }))
        assert.strictEqual(error._tag === "RepositoryError" && error.reason._tag, "Refused")
      }
    })
  )

  it.effect("fails rather than giving bytes of a damaged pack", () =>
    Effect.gen(function* () {
      const { reader, repository, tree } = yield* setUp
      const flip = (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, index) => (index === 60 ? byte ^ 1 : byte))
      const damaged: Repository.Repository = {
        ...repository,
        readRaw: (type, id, range) =>
          Effect.map(repository.readRaw(type, id, range), type === "data" ? flip : (same) => same)
      }
      const path = "/tree/big.prng"
      const broken = Dump.dump(damaged, BlobReader.make(damaged, reader.index), { tree, path })
      const error = yield* Effect.flip(Stream.runDrain(broken))
      assert.strictEqual(error._tag === "RepositoryError" && error.reason._tag, "Damaged")
      const healed = Dump.dump(damaged, reader, { tree, path })
      assert.strictEqual(Buffer.concat(yield* Stream.runCollect(healed)).length, 5_120_008)
    })
  )
})
