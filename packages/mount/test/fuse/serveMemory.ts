/** A process that serves a file system in memory: `node serveMemory.ts POINT [JSON]`. Says `mounted`, ends with the mount. */
import * as FuseDoor from "@ourclone/mount/fuse/FuseDoor"
import * as LibraryDoor from "@ourclone/mount/fuse/library/LibraryDoor"
import * as MemoryFileSystem from "@ourclone/mount/testing/MemoryFileSystem"
import * as Effect from "effect/Effect"

const [point, json] = process.argv.slice(2)
const options = JSON.parse(json ?? "{}") as MemoryFileSystem.MemoryOptions &
  FuseDoor.FuseOptions & { readonly library?: boolean }
const owner = { uid: process.getuid!(), gid: process.getgid!() }
const fileSystem = MemoryFileSystem.make({ owner, ...options })

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
})
Effect.runPromise(Effect.scoped(program)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  }
)
