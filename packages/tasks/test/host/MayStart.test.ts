import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, it } from "@effect/vitest"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { onTestFinished } from "vitest"
import * as Follow from "../../src/host/Follow.ts"
import * as TaskHost from "../../src/host/TaskHost.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"
import { hasEnded } from "../../src/task/TaskState.ts"

it.live("a task is not given up where nobody can say yet whether it may be started", () =>
  Effect.gen(function* () {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "may-start-"))
    onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
    const [journal, log] = [path.join(folder, "journal.sqlite"), path.join(folder, "log")]
    const store = yield* SqliteStore.make(journal, { isDurable: false })
    const problems: Array<string> = []
    let asked = 0
    yield* TaskHost.make({
      store,
      owner: ProcessIdentity.current(),
      program: {
        command: ({ id }) => [
          process.execPath,
          path.join(import.meta.dirname, "endsAtOnce.ts"),
          journal,
          id,
          log,
          "it"
        ],
        environment: process.env,
        sendSignal: () => {}
      },
      refusal: () => (++asked <= 4 ? Effect.fail({ message: "ask again later" }) : Effect.succeed(undefined)),
      onProblem: (message) => problems.push(message)
    })
    const { id } = yield* store.create({ kind: "copy", request: null, origin: "service" })
    yield* Follow.follow(store, id).pipe(
      Stream.takeUntil((said) => said._tag === "Task" && hasEnded(said.task.state)),
      Stream.runDrain
    )
    expect((yield* store.load(id)).state._tag).toBe("Done")
    expect(problems).toEqual(Array(4).fill(`task ${id} waits to be started: ask again later`))
  }).pipe(Effect.scoped)
)
