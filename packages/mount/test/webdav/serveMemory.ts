/** A process that serves a file system in memory over WebDAV: `node serveMemory.ts`. Says its URL. */
import * as MemoryFileSystem from "@ourclone/mount/testing/MemoryFileSystem"
import * as WebdavServer from "@ourclone/mount/webdav/WebdavServer"
import * as Effect from "effect/Effect"

const program = Effect.gen(function* () {
  const url = yield* WebdavServer.listenOn(MemoryFileSystem.make(), {
    host: "127.0.0.1",
    port: Number(process.argv[2] ?? 0),
    access: undefined,
    onFault: ({ operation, error }) => console.error(operation, error)
  })
  console.log(url)
  yield* Effect.never
})
Effect.runPromise(Effect.scoped(program)).catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
