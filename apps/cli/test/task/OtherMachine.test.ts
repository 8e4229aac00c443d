import * as fs from "node:fs"
import * as path from "node:path"
import * as PostgresStore from "@ourclone/tasks/store/PostgresStore"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import * as PostgresServer from "@ourclone/tasks/testing/PostgresServer"
import { Effect, Redacted } from "effect"
import { expect, onTestFinished, test } from "vitest"
import { makeCli } from "../Cli.ts"

test.skipIf(PostgresServer.missing !== undefined)(
  `what names folders of another machine is resumed and tried again there${PostgresServer.missing === undefined ? "" : ` (skipped: ${PostgresServer.missing})`}`,
  { timeout: 60_000 },
  async () => {
    const server = await PostgresServer.start()
    onTestFinished(() => server.stop())
    const url = server.create("shared")
    const cli = makeCli({ environment: { OURCLONE_DATABASE: url } })
    cli.write("from/a", "one")
    const [source, destination] = [path.join(cli.folder, "from"), path.join(cli.folder, "to")]
    const withStore = <A, E>(use: (store: TaskStore) => Effect.Effect<A, E>): Promise<A> =>
      Effect.runPromise(Effect.scoped(Effect.flatMap(PostgresStore.make({ url: Redacted.make(url) }), use)))
    const made = { kind: "sync", request: { source, destination }, origin: "command", machine: "nas" } as const
    const [paused, record] = await withStore((store) =>
      Effect.gen(function* () {
        const { id } = yield* store.create(made)
        yield* store.wish(id, { _tag: "Pause", by: "ann" })
        const record = yield* store.create({ ...made, isRecord: true })
        yield* store.wish(record.id, { _tag: "Cancel", by: "ann" })
        return [id, record.id]
      })
    )
    for (const words of [
      ["resume", paused],
      ["retry", record]
    ]) {
      const ran = await cli.run("task", ...words)
      expect(ran.code).toBe(0)
      expect(ran.error).toMatch(/^task \w+ stays with nas, where it was asked for/)
    }
    const tasks = await withStore((store) => store.list({ limit: 10, states: ["Queued"] }))
    expect(tasks.map(({ isRecord, machine, take }) => [isRecord, machine, take])).toEqual([
      [false, "nas", 0],
      [false, "nas", 0]
    ])
    expect(fs.existsSync(destination)).toBe(false)
  }
)
