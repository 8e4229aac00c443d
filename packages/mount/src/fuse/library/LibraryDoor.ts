/**
 * The same door through libfuse, by the dependency `fuse-native`: for macOS, and where the kernel's device can not be used
 * directly. It costs several times the work of `FuseDoor`, tells the kernel less, and needs libfuse 3 or macFUSE. Loaded
 * when it is asked for, not before.
 */
import { constants } from "node:os"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type Fuse from "fuse-native"
import type { AttributeChanges, Attributes, FileSystem, Owner, Soon } from "../../contract/FileSystem.ts"
import { rootIno } from "../../contract/FileSystem.ts"
import { Busy, fail, type MountError, NoFuse } from "../../contract/MountError.ts"
import { remedy } from "../../contract/MountRemedies.ts"
import { isRefused } from "../../contract/Refusal.ts"
import { isExclusive, openMode } from "../door/OpenFlags.ts"
import { errnoOf } from "../Errno.ts"
import type { FuseDoor, FuseOptions } from "../FuseDoor.ts"
import { typeBits } from "../protocol/Reply.ts"
import * as MountPoint from "../system/MountPoint.ts"
import { alone } from "../system/PointLock.ts"
import { isHidden, Paths } from "./Paths.ts"

const { errno } = constants

/** So many requests wait for the storage before all others wait too. */
const concurrency = 64
const listedPage = 500
const aDay = 24 * 60 * 60 * 1000
const ofPrograms = "user."

/** Tells what came of it: `then` with the value, or `failed` with what went wrong as a negative number. */
const answer = async <A>(asked: Soon<A>, failed: (error: number) => void, then: (value: A) => void): Promise<void> => {
  const value = await asked
  if (isRefused(value)) failed(-errnoOf[value.refusal])
  else then(value)
}

const statsOf = ({ ino, kind, mode, links, uid, gid, size, modified, changed }: Attributes): Fuse.Stats => ({
  ino,
  mode: typeBits[kind] | mode,
  nlink: links,
  uid,
  gid,
  size,
  blocks: Math.ceil(size / 512),
  atime: modified,
  mtime: modified,
  ctime: changed
})

const operationsOf = (
  Library: typeof Fuse,
  fileSystem: FileSystem,
  keepsAttributes: boolean,
  owner: () => Owner
): Fuse.OPERATIONS => {
  const paths = new Paths(fileSystem)
  const done = (asked: Soon<unknown>, tell: (error: number) => void) => answer(asked, tell, () => tell(0))
  const count = (asked: Soon<number>, tell: (result: number) => void) => answer(asked, tell, tell)
  const change = (path: string | null, changes: AttributeChanges, tell: (error: number) => void) =>
    done(
      paths.at(path ?? "/", (ino) => fileSystem.setAttributes(ino, changes)),
      tell
    )

  const attributes: Pick<Fuse.OPERATIONS, "getxattr" | "setxattr" | "listxattr" | "removexattr"> = {
    getxattr: (path, key, _, tell) =>
      answer(
        paths.at(path, (ino) => fileSystem.getProperty(ino, key)),
        tell,
        (value) => tell(0, Buffer.from(value))
      ),
    setxattr: (path, key, value, _, flags, tell) => {
      if (!key.startsWith(ofPrograms)) return tell(-errno.EOPNOTSUPP)
      const how = flags === 1 ? "add" : flags === 2 ? "change" : "replace"
      return done(
        paths.at(path, (ino) => fileSystem.setProperty(ino, key, Uint8Array.from(value), how)),
        tell
      )
    },
    listxattr: (path, tell) =>
      answer(
        paths.at(path, (ino) => fileSystem.listProperties(ino)),
        tell,
        (keys) =>
          tell(
            0,
            keys.filter((key) => key.startsWith(ofPrograms))
          )
      ),
    removexattr: (path, key, tell) =>
      done(
        paths.at(path, (ino) => fileSystem.removeProperty(ino, key)),
        tell
      )
  }

  return {
    ...(keepsAttributes ? attributes : {}),
    getattr: (path, tell) => answer(paths.node(path ?? "/"), tell, (found) => tell(0, statsOf(found))),
    statfs: (_, tell) =>
      answer(fileSystem.space(), tell, ({ total, free, longestName }) => {
        const [bsize, blocks, bfree] = [4096, Math.floor(total / 4096), Math.floor(free / 4096)]
        const [files, ffree] = [2 ** 32, 2 ** 32]
        tell(0, { bsize, frsize: bsize, blocks, bfree, bavail: bfree, files, ffree, namemax: longestName })
      }),
    readdirPaged: (path, _, offset, tell) => {
      const after = Number(offset)
      const isStart = after === 0
      return answer(
        paths.at(path ?? "/", (ino) => fileSystem.readDirectory(ino, after < firstIno ? 0 : after, listedPage)),
        tell,
        ({ nodes }) =>
          tell(
            0,
            [...(isStart ? [".", ".."] : []), ...nodes.map(({ name }) => name)],
            [...(isStart ? [directory, directory] : []), ...nodes.map((each) => statsOf(each.attributes))],
            [...(isStart ? [2, 3] : []), ...nodes.map((each) => each.attributes.ino)]
          )
      )
    },
    readlink: (path, tell) =>
      answer(
        paths.at(path, (ino) => fileSystem.readLink(ino)),
        tell,
        (target) => tell(0, target)
      ),
    symlink: (target, path, tell) =>
      done(
        paths.in(path, (parent, name) => fileSystem.makeLink(parent, name, target, owner())),
        tell
      ),
    mkdir: (path, mode, tell) =>
      done(
        paths.in(path, (parent, name) => fileSystem.makeDirectory(parent, name, mode & 0o7777, owner())),
        tell
      ),
    rmdir: (path, tell) =>
      done(
        paths.in(path, (parent, name) => fileSystem.removeDirectory(parent, name)),
        tell
      ),
    unlink: (path, tell) =>
      paths.forget(path)
        ? tell(0)
        : done(
            paths.in(path, (parent, name) => fileSystem.unlink(parent, name)),
            tell
          ),
    link: (_, __, tell) => tell(-errno.EPERM),
    renameWithFlags: (from, to, flags, tell) => {
      if (isHidden(to)) return done(paths.hide(from, to), tell)
      if (flags > 2) return tell(-errno.EINVAL)
      const how = flags === 1 ? "keep" : flags === 2 ? "exchange" : "replace"
      return done(
        paths.in(from, (parent, name) =>
          paths.in(to, (toParent, toName) => fileSystem.rename(parent, name, toParent, toName, how))
        ),
        tell
      )
    },
    createWithFlags: (path, mode, flags, tell) => {
      const open = openMode(flags)
      const made = paths
        .in(path, (parent, name) => fileSystem.create(parent, name, mode & 0o7777, owner(), open))
        .then((created) =>
          isRefused(created) && created.refusal === "AlreadyExists" && !isExclusive(flags)
            ? paths.at(path, (ino) => fileSystem.open(ino, open))
            : created
        )
      return answer(made, tell, ({ handle }) => tell(0, { fd: handle }))
    },
    open: (path, flags, tell) =>
      answer(
        paths.at(path, (ino) => fileSystem.open(ino, openMode(flags))),
        tell,
        ({ handle, isSame }) => tell(0, { fd: handle, keepCache: isSame })
      ),
    read: (_, handle, buffer, length, position, tell) =>
      count(fileSystem.read(Number(handle), Number(position), buffer.subarray(0, length)), tell),
    write: (_, handle, buffer, length, position, tell) =>
      count(fileSystem.write(Number(handle), Number(position), buffer.subarray(0, length)), tell),
    flush: (_, handle, tell) => done(fileSystem.flush(Number(handle)), tell),
    fsync: (_, __, handle, tell) => done(fileSystem.sync(Number(handle)), tell),
    fsyncdir: (path, _, __, tell) =>
      done(
        paths.at(path ?? "/", (ino) => fileSystem.syncDirectory(ino)),
        tell
      ),
    release: (_, handle, tell) => {
      fileSystem.release(Number(handle))
      tell(0)
    },
    truncate: (path, size, tell) => change(path, { size: Number(size) }, tell),
    utimensWithTimespec: (path, _, { seconds, nanoseconds }, tell) =>
      change(
        path,
        {
          modified:
            nanoseconds === Library.UTIME_NOW
              ? "now"
              : nanoseconds === Library.UTIME_OMIT
                ? undefined
                : { seconds: Number(seconds), nanoseconds }
        },
        tell
      ),
    chmod: (path, mode, tell) => change(path, { mode: mode & 0o7777 }, tell),
    chown: (path, uid, gid, tell) =>
      change(path, { ...(uid !== unchanged && { uid }), ...(gid !== unchanged && { gid }) }, tell)
  }
}

/** `chown` leaves what is given as -1. */
const unchanged = 0xffff_ffff
/** The numbers from 2 to 15 are no node's: where a listing is after its first two names. */
const firstIno = 16
const directory: Fuse.Stats = { ino: rootIno, mode: typeBits.directory }

const load = (): Effect.Effect<typeof Fuse, MountError> =>
  Effect.tryPromise({
    try: async () => (await import("fuse-native")).default,
    catch: (error) =>
      fail(
        new NoFuse({
          message: `the FUSE library can not be loaded: ${error instanceof Error ? error.message : String(error)}`,
          remedy: remedy("installPackage", { package: process.platform === "darwin" ? "macfuse" : "fuse3" })
        })
      )
  })

const called = (call: (done: (error?: Error | null) => void) => void): Effect.Effect<void, Error> =>
  Effect.callback<void, Error>((resume) => {
    call((error) => resume(error == null ? Effect.void : Effect.fail(error)))
  })

/** As `FuseDoor.open`. A library's mount of ours that a killed process left is taken away; one that answers is not. */
export const open = (fileSystem: FileSystem, options: FuseOptions): Effect.Effect<FuseDoor, MountError, Scope.Scope> =>
  Effect.gen(function* () {
    const Library = yield* load()
    // The library alone keeps no process alive.
    yield* Effect.acquireRelease(
      Effect.sync(() => setInterval(() => undefined, aDay)),
      (timer) => Effect.sync(() => clearInterval(timer))
    )
    const { point } = options
    yield* MountPoint.refuseNonEmpty(point, { allowsNonEmpty: options.allowsNonEmpty === true })
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    const own = fileSystem.owner
    const operations = operationsOf(
      Library,
      fileSystem,
      options.keepsAttributes === true,
      () => mounted.context() ?? own
    )
    const { entry, attributes } = fileSystem.lifetimes
    const mounted = new Library(
      point,
      {
        ...operations,
        destroy: (done) => {
          resolve()
          done(0)
        }
      },
      {
        fsname: fileSystem.name.replace(/[,\\\0\n]/g, "_"),
        subtype: "ourclone",
        force: true,
        defaultPermissions: true,
        entryTimeout: entry,
        attrTimeout: attributes,
        maxConcurrency: concurrency,
        timeout: false,
        ...(options.allowsOthers === true && { allowOther: true }),
        onError: (error, operation) => options.onFault({ operation, error })
      }
    )
    yield* Effect.acquireRelease(
      alone(
        yield* MountPoint.resolve(point),
        called((done) => mounted.mount(done)).pipe(
          Effect.mapError((error) =>
            fail(
              new NoFuse({ message: `${point} could not be mounted: ${error.message}`, remedy: remedy("serveWebdav") })
            )
          )
        )
      ),
      () => Effect.ignore(called((done) => (mounted.opened ? mounted.unmount(done) : done())))
    )
    const unwatch = fileSystem.watch(() => undefined)
    void ended.then(unwatch)
    return {
      ended: Effect.promise(() => ended),
      unmount: () =>
        called((done) => mounted.unmount(done)).pipe(
          Effect.mapError((error) =>
            fail(new Busy({ message: `${point} is in use: ${error.message}`, remedy: remedy("closeUsers"), users: [] }))
          )
        )
    }
  })
