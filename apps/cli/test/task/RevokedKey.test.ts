import { hasEnded } from "@ourclone/tasks/task/TaskState"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { post } from "../B2Cli.ts"
import { makeB2World, newKey } from "./B2World.ts"
import { tagged, until } from "./TaskWorld.ts"

const files = 20

test.each([
  ["a task waits for another", 1],
  ["several tasks wait for another", 3]
])(
  "when a key is revoked while bytes move, %s, and each goes on where it was with the one that replaces it",
  async (_, count) => {
    // A file a second at most, so that most of them are still to come.
    const world = await makeB2World('rate = "10k"')
    const { cli, emulator, key } = world
    const sources = Array.from({ length: count }, (_, index) => world.fill(`from-${index}`, files, 10_000))
    const { facts, tasks } = await world.hosted((host, store) =>
      Effect.gen(function* () {
        const ids = yield* Effect.forEach(sources, (source, index) => {
          const request = { source, destination: world.place(`to-${index}`) }
          return Effect.map(host.submit({ kind: "sync", request, origin: "service" }), ({ id }) => id)
        })
        yield* Effect.forEach(ids, (id) => until(store, id, ({ totals }) => totals.done > 0))
        yield* Effect.promise(async () => {
          const deleted = { accountId: undefined, applicationKeyId: key.keyId }
          expect(await post(emulator, "b2_delete_key", deleted)).toMatchObject({ applicationKeyId: key.keyId })
          for (const what of ["expire-tokens", "expire-upload-urls"]) {
            await fetch(`${emulator.endpoint}/emulator/${what}`, { method: "POST" })
          }
        })
        const waiting = yield* Effect.forEach(
          ids,
          (id) => until(store, id, ({ state }) => state._tag === "Waiting" || hasEnded(state)),
          { concurrency: count }
        )
        for (const { state, totals } of waiting) {
          expect(state).toMatchObject({
            _tag: "Waiting",
            for: "credentials",
            failure: { provider: expect.stringMatching(/^b2:/) }
          })
          expect(totals.done).toBeLessThan(files)
          expect(totals.failed).toBe(0)
        }
        const other = yield* Effect.promise(() => newKey(emulator))
        const words = ["--key-id", other.keyId, "--application-key", other.key]
        const refused = yield* Effect.promise(() => cli.run("remote", "set", "b2", "--application-key", "wrong"))
        expect(refused.code).toBe(7)
        const set = yield* Effect.promise(() => cli.run("remote", "set", "b2", ...words, "--unset", "rate"))
        expect(set).toMatchObject({ code: 0, error: expect.stringContaining('changed remote "b2"') })
        const tasks = yield* Effect.forEach(ids, (id) => until(store, id, tagged("Done")), { concurrency: count })
        return { tasks, facts: yield* store.facts(ids[0]!, 0, 1_000) }
      })
    )
    for (const { state, take, totals } of tasks) {
      expect(state).toEqual({ _tag: "Done", failed: 0 })
      expect(take).toBe(1)
      expect(totals).toMatchObject({ done: files, failed: 0 })
    }
    expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, index) => index + 1))
    expect(JSON.stringify(facts)).not.toContain(key.key)
    // None was stored twice.
    const state = await fetch(`${emulator.endpoint}/emulator/state`)
    expect(await state.json()).toMatchObject({ fileVersions: files * count })
  }
)
