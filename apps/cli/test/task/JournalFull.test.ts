import { spawnSync } from "node:child_process"
import * as path from "node:path"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { sendSignal } from "../../src/process/SendSignal.ts"
import { makeWorld, tagged, until } from "./TaskWorld.ts"

const main = path.join(import.meta.dirname, "../../src/main.ts")
const hasLimits = spawnSync("prlimit", ["--version"]).status === 0
const files = 4_000

test.skipIf(!hasLimits)(
  "a journal without room holds a task up, and with room again it goes on and lacks nothing (skipped without prlimit)",
  async () => {
    const world = makeWorld()
    for (let index = 0; index < files; index++) world.write(`from/${index}`, "x")
    /** A process whose files may not grow beyond this: the journal's is the only one that would. */
    const command = ({ id }: { readonly id: string }) =>
      ["prlimit", "--fsize=400000:unlimited", process.execPath, main, "task", "run", "--id", id] as const
    const program = { command, environment: world.environment, sendSignal }
    const request = { source: world.at("from"), destination: world.at("to") }
    const { id, owner } = await world.hosted(
      (host, store) =>
        Effect.flatMap(host.submit({ kind: "copy", request, origin: "service" }), ({ id }) =>
          until(store, id, tagged("Running"))
        ),
      program
    )
    // Without a host, so that none takes over what seems to be frozen.
    const { facts, task } = await world.withStore((store) =>
      Effect.gen(function* () {
        // Full: its journal stands still for longer than it ever does else, and before the end.
        let [seq, since] = [-1, performance.now()]
        while (performance.now() - since < 3_000) {
          const now = yield* store.load(id)
          expect(now.state._tag).toBe("Running")
          if (now.seq !== seq) [seq, since] = [now.seq, performance.now()]
          yield* Effect.sleep(50)
        }
        expect(seq).toBeLessThan(files)
        spawnSync("prlimit", ["--pid", String(owner!.pid), "--fsize=unlimited:unlimited"])
        const task = yield* until(store, id, tagged("Done"))
        return { task, facts: yield* store.facts(id, 0, 2 * files) }
      })
    )
    expect(task).toMatchObject({ take: 1, totals: { done: files, failed: 0 } })
    expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, index) => index + 1))
    const paths = facts.flatMap(({ event }) => (event._tag === "Done" ? [event.item] : []))
    expect(new Set(paths).size).toBe(files)
    expect(paths).toHaveLength(files)
  }
)
