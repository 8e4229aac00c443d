/** Modes and links have one form at a storage: what a sync brings there a mount shows, and the other way. */
import * as fs from "node:fs"
import { expect, it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as MemoryAccount from "@ourclone/core/testing/MemoryAccount"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { rootIno } from "@ourclone/mount/contract/FileSystem"
import { isRefused } from "@ourclone/mount/contract/Refusal"
import * as Mount from "@ourclone/mount/model/Mount"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Sync from "../../src/transfer/Sync.ts"
import { makeWorld } from "../JobWorld.ts"

const owner = { uid: 1000, gid: 1000 }

const told = <A>(answer: A): Exclude<A, { readonly refusal: unknown }> => {
  if (isRefused(answer)) throw new Error(`refused: ${answer.refusal}`)
  return answer as Exclude<A, { readonly refusal: unknown }>
}

it.live("of a sync are a mount's, and those of a mount are a sync's", () =>
  Effect.gen(function* () {
    const account = MemoryAccount.make()
    const place = { account, keepsVersions: true }
    const memory = ProviderFactory.make({
      type: "memory",
      description: "a storage in memory",
      options: Schema.Struct({}),
      connect: () => Effect.succeed({ id: account.id }),
      open: (_, { location, name }) => Effect.succeed(MemoryProvider.make({ ...place, location, name }))
    })
    const world = makeWorld([local, memory])
    world.write("config.toml", '[remotes.store]\ntype = "memory"\n')
    fs.chmodSync(world.at("config.toml"), 0o600)
    world.write("from/program", "#!")
    fs.chmodSync(world.at("from/program"), 0o755)
    fs.symlinkSync("program", world.at("from/link"))
    const up = { source: world.at("from"), destination: "store:", metadata: true }
    expect(yield* world.run(Sync.kind, up)).toMatchObject({ stored: 2, failed: 0 })

    yield* Effect.promise(async () => {
      const mount = Mount.open({
        provider: MemoryProvider.make(place),
        directory: world.at("mount"),
        owner,
        host: "here",
        uploadDelay: 0
      })
      const { fileSystem } = mount
      const program = told(await fileSystem.lookup(rootIno, "program"))
      const link = told(await fileSystem.lookup(rootIno, "link"))
      expect([program.kind, program.mode]).toEqual(["file", 0o755])
      expect([link.kind, await fileSystem.readLink(link.ino)]).toEqual(["symlink", "program"])
      told(await fileSystem.setAttributes(program.ino, { mode: 0o700 }))
      told(await fileSystem.unlink(rootIno, "link"))
      told(await fileSystem.makeLink(rootIno, "link", "../elsewhere", owner))
      expect((await mount.drain(60_000)).unsent).toEqual([])
      await mount.close()
    })

    const down = { source: "store:", destination: world.at("to"), metadata: true }
    expect(yield* world.run(Sync.kind, down)).toMatchObject({ stored: 2, failed: 0 })
    expect(fs.lstatSync(world.at("to/program")).mode & 0o777).toBe(0o700)
    expect(fs.readlinkSync(world.at("to/link"))).toBe("../elsewhere")
    expect(yield* world.run(Sync.kind, down)).toMatchObject({ stored: 0, same: 2 })
  })
)

it.live("owners and attributes that are beside a file stay when a mount whose files these are changes its mode", () =>
  Effect.gen(function* () {
    const world = makeWorld()
    const place = { account: MemoryAccount.make(), keepsVersions: true }
    const mine = { uid: 1000, gid: 1000 }
    const provider = MemoryProvider.make(place)
    const kept = { uid: "1000", gid: "1000", author: "somebody", xattrs: "Raw=AAE=" }
    yield* provider.put(makeUnsafe("program"), fromBytes(Buffer.from("#!")), { modifiedAt: 1_000, metadata: kept })
    yield* Effect.promise(async () => {
      const mount = Mount.open({
        provider: MemoryProvider.make(place),
        directory: world.at("mount"),
        owner: mine,
        host: "here",
        uploadDelay: 0
      })
      const { fileSystem } = mount
      const program = told(await fileSystem.lookup(rootIno, "program"))
      told(await fileSystem.setAttributes(program.ino, { mode: 0o700 }))
      expect((await mount.drain(60_000)).unsent).toEqual([])
      await mount.close()
    })
    expect((yield* provider.stat(makeUnsafe("program"))).metadata).toEqual({ ...kept, mode: "100700" })
  })
)
