/** A process that serves a file system in memory: `node serveMemory.ts POINT [JSON]`. Says `mounted`, ends with the mount. */
import { rootIno } from "@ourclone/mount/contract/FileSystem"
import { isRefused } from "@ourclone/mount/contract/Refusal"
import * as FuseDoor from "@ourclone/mount/fuse/FuseDoor"
import * as LibraryDoor from "@ourclone/mount/fuse/library/LibraryDoor"
import * as MemoryFileSystem from "@ourclone/mount/testing/MemoryFileSystem"
import * as Effect from "effect/Effect"

const [point, json] = process.argv.slice(2)
const options = JSON.parse(json ?? "{}") as MemoryFileSystem.MemoryOptions &
  FuseDoor.FuseOptions & {
    readonly library?: boolean
    /** Goes on after the mount has ended, until SIGUSR1 comes: as one that has yet to send what was written. */
    readonly lingers?: boolean
  }
const owner = { uid: process.getuid!(), gid: process.getgid!() }
const fileSystem = MemoryFileSystem.make({ owner, ...options })

/** As if another client had done it: a new name, and other bytes in `f`. */
const changeElsewhere = async () => {
  const writing = { reads: false, writes: true, truncates: true }
  const made = await fileSystem.create(rootIno, "from elsewhere", 0o644, owner, writing)
  const known = await fileSystem.lookup(rootIno, "f")
  if (isRefused(made) || isRefused(known)) throw new Error("f is missing")
  const opened = await fileSystem.open(known.ino, writing)
  if (isRefused(opened)) throw new Error("f can not be opened")
  await fileSystem.write(opened.handle, 0, Buffer.from("other"))
  for (const { handle } of [made, opened]) fileSystem.release(handle)
  fileSystem.tell([
    { _tag: "EntryChanged", parent: rootIno, name: "from elsewhere" },
    { _tag: "ContentChanged", ino: known.ino }
  ])
}
process.on("SIGUSR2", () => void changeElsewhere())

const program = Effect.gen(function* () {
  const door = yield* (options.library === true ? LibraryDoor : FuseDoor).open(fileSystem, {
    ...options,
    point: point!,
    onFault: ({ operation, error }) => console.error(operation, error)
  })
  process.on("SIGTERM", () => {
    Effect.runPromise(door.unmount({ detach: false })).catch((error: unknown) => console.log(String(error)))
  })
  console.log("mounted")
  yield* door.ended
  if (options.lingers !== true) return
  console.log("ended")
  yield* Effect.callback<void>((resume) => {
    const waiting = setInterval(() => undefined, 1_000)
    process.on("SIGUSR1", () => {
      clearInterval(waiting)
      resume(Effect.void)
    })
  })
})
Effect.runPromise(Effect.scoped(program)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  }
)
