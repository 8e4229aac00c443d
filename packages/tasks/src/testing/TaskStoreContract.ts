/** What every store of tasks must do, as a list of checks. */
import { createHash } from "node:crypto"
import type { ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import type { Claim, TaskStore } from "../store/TaskStore.ts"
import { starterOf } from "../task/Task.ts"
import {
  batch,
  claimed,
  done,
  equal,
  lease,
  named,
  newTask,
  owner,
  reasonOf,
  type StoreCheck,
  seqs
} from "./StoreCheck.ts"

export const checks: ReadonlyArray<StoreCheck> = named({
  "what runs around a task is kept with it": Effect.fnUntraced(function* (store) {
    const hooks = { before: { command: ["mount", "/mnt/a b"], limitMillis: 1000 }, after: null } as const
    const made = yield* store.create({ ...newTask, hooks })
    yield* equal("hooks", (yield* store.load(made.id)).hooks, hooks)
    yield* equal("none", (yield* store.create(newTask)).hooks, { before: null, after: null })
  }),
  "a task is queued as it was asked for": Effect.fnUntraced(function* (store) {
    const made = yield* store.create({ ...newTask, priority: 3, schedule: "nightly" })
    const task = yield* store.load(made.id)
    yield* equal("state", task.state, { _tag: "Queued", notBefore: null })
    yield* equal("request", task.request, newTask.request)
    const asked = yield* store.create({ ...newTask, origin: "command", isOfService: true })
    yield* equal("of a service", [task.isOfService, (yield* store.load(asked.id)).isOfService], [undefined, true])
    yield* equal("rest", [task.priority, task.schedule, task.take, task.seq], [3, "nightly", 0, 0])
  }),
  "a task is made together with who starts its runners, where that is said": Effect.fnUntraced(
    function* (store, advance) {
      const { id } = yield* store.create({ ...newTask, starter: { owner: owner(1), leaseMillis: lease } })
      yield* equal("starter", yield* store.holder(starterOf(id)), owner(1))
      yield* equal("another", yield* store.hold(starterOf(id), owner(2), lease), false)
      advance(lease + 1)
      yield* equal("after its lease", yield* store.holder(starterOf(id)), undefined)
      const plain = yield* store.create(newTask)
      yield* equal("none", yield* store.holder(starterOf(plain.id)), undefined)
    }
  ),
  "a claim ends the role of the task's starter that its own process has, and no other": Effect.fnUntraced(
    function* (store) {
      const [mine, other] = [yield* store.create(newTask), yield* store.create(newTask)]
      yield* store.hold(starterOf(mine.id), owner(1), lease)
      yield* store.hold(starterOf(other.id), owner(2), lease)
      for (const { id } of [mine, other]) yield* store.claim(owner(1), lease, id)
      yield* equal("its own", yield* store.holder(starterOf(mine.id)), undefined)
      yield* equal("another's", yield* store.holder(starterOf(other.id)), owner(2))
    }
  ),
  "a path of any length is kept with what became of it": Effect.fnUntraced(function* (store) {
    const claim = yield* claimed(store)
    // Nothing that could be pressed.
    const path = Array.from({ length: 40 }, (_, index) =>
      createHash("sha512").update(`${index}`).digest("base64url")
    ).join("/")
    const failure = { code: "NoSpace", message: "no", item: path, isRetryable: false }
    const outcome = { path, kind: "failed", code: "NoSpace", message: "no", remedy: null } as const
    yield* store.commit(claim, { ...batch(done(path), { _tag: "Failed", failure }), outcomes: [outcome] }, lease)
    const [kept, ...others] = yield* store.outcomes(claim.task.id, "failed", "", 10)
    yield* equal("outcomes", [kept?.path.slice(0, 1_000), others], [path.slice(0, 1_000), []])
    yield* equal("why", (yield* store.why(path, 10)).length, 2)
    yield* store.commit(claim, { ...batch(done(path)), mended: [path] }, lease)
    yield* equal("mended", yield* store.outcomes(claim.task.id, "failed", "", 10), [])
  }),
  "an id that nobody has is NoTask": Effect.fnUntraced(function* (store) {
    yield* equal("load", yield* reasonOf(store.load("none")), "NoTask")
    yield* equal("wish", yield* reasonOf(store.wish("none", { _tag: "Pause", by: "ann" })), "NoTask")
  }),
  "a task that is held is held by one runner": Effect.fnUntraced(function* (store) {
    const { task } = yield* claimed(store)
    yield* equal("a second claim", yield* store.claim(owner(2), lease, task.id), undefined)
    yield* equal("any claim", yield* store.claim(owner(2), lease), undefined)
  }),
  "the higher priority goes first, then the older task": Effect.fnUntraced(function* (store) {
    const first = yield* store.create(newTask)
    const second = yield* store.create(newTask)
    const urgent = yield* store.create({ ...newTask, priority: 1 })
    const order: Array<string> = []
    for (let claim = yield* store.claim(owner(1), lease); claim !== undefined; ) {
      order.push(claim.task.id)
      claim = yield* store.claim(owner(1), lease)
    }
    yield* equal("order", order, [urgent.id, first.id, second.id])
  }),
  "the priority of a task that has not ended can be changed, and holds when it is queued": Effect.fnUntraced(
    function* (store) {
      const first = yield* store.create(newTask)
      const second = yield* store.create(newTask)
      const { last } = yield* store.changes(0, 10)
      yield* equal("changed", (yield* store.prioritize(second.id, 5)).priority, 5)
      yield* equal(
        "is seen",
        (yield* store.changes(last, 10)).tasks.map(({ id }) => id),
        [second.id]
      )
      const claim = yield* store.claim(owner(1), lease)
      yield* equal("goes first", claim?.task.id, second.id)
      yield* equal("while it runs", (yield* store.prioritize(second.id, -5)).priority, -5)
      yield* store.wish(first.id, { _tag: "Cancel", by: "ann" })
      yield* equal("ended", yield* reasonOf(store.prioritize(first.id, 1)), "NotNow")
      const record = yield* store.create({ ...newTask, isRecord: true })
      yield* equal("a record", yield* reasonOf(store.prioritize(record.id, 1)), "NotNow")
      yield* equal("none", yield* reasonOf(store.prioritize("none", 1)), "NoTask")
    }
  ),
  "what is due is told piece by piece in that order, and how many tasks stand how": Effect.fnUntraced(
    function* (store) {
      const ids: Array<string> = []
      for (const priority of [0, -1, 1, 0]) ids.push((yield* store.create({ ...newTask, priority })).id)
      yield* store.create({ ...newTask, isRecord: true })
      const [first, second, ...more] = yield* store.due(2)
      yield* equal("a piece", [first?.id, second?.id, more], [ids[2], ids[0], []])
      const rest = yield* store.due(10, second)
      yield* equal(
        "the next one",
        rest.map(({ id }) => id),
        [ids[3], ids[1]]
      )
      yield* equal("after the last", yield* store.due(10, rest.at(-1)), [])
      const named = yield* store.due(10, undefined, [second!.id, "none"])
      yield* equal("of some ids", [named.length, named[0]?.id], [1, second!.id])
      yield* store.claim(owner(1), lease, ids[0])
      const counts = yield* store.count(["Queued", "Running", "Paused"])
      yield* equal(
        "counts",
        [counts.get("Queued"), counts.get("Running"), counts.get("Paused") ?? "none"],
        [4, 1, "none"]
      )
    }
  ),
  "a task that may not begin yet is not to be had, and a record never is": Effect.fnUntraced(
    function* (store, advance) {
      const record = yield* store.create({ ...newTask, isRecord: true })
      yield* equal("a record", yield* store.claim(owner(1), lease), undefined)
      const held = yield* claimed(store)
      yield* store.settle(held.task.id, { _tag: "Deferred", take: held.take, notBefore: 10_000 })
      yield* equal("too early", yield* store.claim(owner(1), lease), undefined)
      advance(20_000)
      yield* equal("in time", (yield* store.claim(owner(1), lease))?.task.id, held.task.id)
      yield* equal("by its name", (yield* store.claim(owner(1), lease, record.id))?.task.id, record.id)
    }
  ),
  "a record of what had begun before says since when it runs": Effect.fnUntraced(function* (store, advance) {
    advance(5_000)
    const { createdAt } = yield* store.create(newTask)
    const startedAt = createdAt - 3_000
    const { id } = yield* store.create({ ...newTask, isRecord: true, startedAt })
    const { task } = (yield* store.claim(owner(1), lease, id)) as Claim
    yield* equal("its start", [task.createdAt, task.startedAt], [startedAt, startedAt])
  }),
  "facts are numbered without gaps over commits and runs": Effect.fnUntraced(function* (store) {
    const first = yield* claimed(store)
    const { id } = first.task
    yield* store.commit(first, batch(done("a"), done("b")), lease)
    yield* store.settle(id, { _tag: "Deferred", take: first.take, notBefore: null }, batch(done("c")))
    const second = (yield* store.claim(owner(2), lease, id)) as Claim
    yield* store.commit(second, batch(done("d")), lease)
    yield* equal("numbers", yield* seqs(store, id), [1, 2, 3, 4])
    yield* equal("after two", yield* seqs(store, id, 2), [3, 4])
    yield* equal("the task's own", (yield* store.load(id)).seq, 4)
  }),
  "what an earlier run told of files is gone when a later one has ended well, and stays while none has":
    Effect.fnUntraced(function* (store) {
      const outcome = (path: string) =>
        ({ path, kind: "failed", code: "Unreadable", message: "denied", remedy: null }) as const
      const first = yield* claimed(store)
      const { id } = first.task
      const told = { ...batch(), outcomes: [outcome("folder"), outcome("file")] }
      yield* store.settle(id, { _tag: "Finished", take: first.take, failed: 2 }, told)
      const paths = Effect.map(store.outcomes(id, "failed", "", 10), (all) => all.map(({ path }) => path))
      yield* store.wish(id, { _tag: "Again", by: "ann" })
      const cut = (yield* store.claim(owner(1), lease, id)) as Claim
      yield* store.settle(id, { _tag: "OwnerEnded", take: cut.take }, batch())
      yield* equal("after a run that was cut off", yield* paths, ["file", "folder"])
      const last = (yield* store.claim(owner(1), lease, id)) as Claim
      yield* store.commit(last, { ...batch(), outcomes: [outcome("file")] }, lease)
      yield* store.settle(id, { _tag: "Finished", take: last.take, failed: 1 }, batch())
      yield* equal("after a run that ended", yield* paths, ["file"])
    }),
  "a lease that has run out is for others to take, and the woken runner can not write": Effect.fnUntraced(
    function* (store, advance) {
      const frozen = yield* claimed(store)
      advance(lease + 1)
      const other = yield* store.claim(owner(2), lease, frozen.task.id)
      yield* equal("the other's take", other?.take, frozen.take + 1)
      yield* equal("commit", yield* reasonOf(store.commit(frozen, batch(done("a")), lease)), "LeaseLost")
      const word = store.settle(frozen.task.id, { _tag: "Finished", take: frozen.take, failed: 0 }, batch(done("a")))
      yield* equal("settle", yield* reasonOf(word), "LeaseLost")
      yield* equal("facts", yield* seqs(store, frozen.task.id), [])
      yield* store.settle(frozen.task.id, { _tag: "Finished", take: other!.take, failed: 0 })
      yield* equal("after the end", yield* reasonOf(store.commit(frozen, batch(done("a")), lease)), "LeaseLost")
      yield* equal("settle after the end", yield* reasonOf(word), "LeaseLost")
    }
  ),
  "a commit renews the lease": Effect.fnUntraced(function* (store, advance) {
    const claim = yield* claimed(store)
    advance(lease - 1)
    yield* store.commit(claim, batch(), lease)
    advance(lease - 1)
    yield* equal("claim", yield* store.claim(owner(2), lease, claim.task.id), undefined)
  }),
  "a wish reaches a runner with its next commit, and a task that nobody holds at once": Effect.fnUntraced(
    function* (store) {
      const claim = yield* claimed(store)
      const { id } = claim.task
      yield* equal("none", (yield* store.commit(claim, batch(), lease)).wish, null)
      const wished = yield* store.wish(id, { _tag: "Cancel", by: "ann" })
      yield* equal("still running", wished.state._tag, "Running")
      yield* equal("seen", (yield* store.commit(claim, batch(), lease)).wish, { _tag: "Cancel", by: "ann" })
      const ended = yield* store.settle(id, { _tag: "Cancel", by: "ann" })
      yield* equal("cancelled", [ended.state, ended.wish, ended.owner], [{ _tag: "Cancelled", by: "ann" }, null, null])
      const free = yield* store.create(newTask)
      const paused = yield* store.wish(free.id, { _tag: "Pause", by: "bob" })
      yield* equal("paused", paused.state, { _tag: "Paused", by: "bob" })
      yield* equal("not to be had", yield* store.claim(owner(1), lease), undefined)
      const resumed = yield* store.wish(free.id, { _tag: "Resume", by: "bob" })
      yield* equal("resumed", resumed.state._tag, "Queued")
    }
  ),
  "a wish without an arrow is NotNow": Effect.fnUntraced(function* (store) {
    const { id } = yield* store.create(newTask)
    yield* equal("resume", yield* reasonOf(store.wish(id, { _tag: "Resume", by: "ann" })), "NotNow")
    yield* store.wish(id, { _tag: "Cancel", by: "ann" })
    yield* equal("pause", yield* reasonOf(store.wish(id, { _tag: "Pause", by: "ann" })), "NotNow")
    yield* equal("again", (yield* store.wish(id, { _tag: "Again", by: "ann" })).state._tag, "Queued")
  }),
  "what failed is listed by path, and no more once it went well": Effect.fnUntraced(function* (store) {
    const claim = yield* claimed(store)
    const failed = (path: string) =>
      ({ path, kind: "failed", code: "NotFound", message: "gone", remedy: null }) as const
    yield* store.commit(claim, { ...batch(), outcomes: ["b", "a", "c"].map(failed) }, lease)
    yield* store.commit(claim, { ...batch(), mended: ["b"] }, lease)
    const paths = (after: string, limit: number) =>
      Effect.map(store.outcomes(claim.task.id, "failed", after, limit), (found) => found.map(({ path }) => path))
    yield* equal("all", yield* paths("", 10), ["a", "c"])
    yield* equal("after a", yield* paths("a", 1), ["c"])
    const other = { path: "d", kind: "failed", code: "Unavailable", message: "away", remedy: null } as const
    yield* store.commit(claim, { ...batch(), outcomes: [other] }, lease)
    const ofCode = yield* store.outcomes(claim.task.id, "failed", "", 10, "Unavailable")
    yield* equal("of one code", ofCode, [other])
    const long = "x".repeat(3_000)
    yield* store.commit(claim, { ...batch(), outcomes: [failed(long)] }, lease)
    const among = yield* store.failedAmong(claim.task.id, ["c", "b", "d", "e", long])
    yield* equal("among some", [...among].sort(), ["c", "d", long])
    yield* store.commit(claim, { ...batch(), mended: [long] }, lease)
    const causes = yield* store.causes(claim.task.id)
    yield* equal(
      "causes",
      causes.map(({ code, files, path }) => [code, files, path]),
      [
        ["NotFound", 2, "a"],
        ["Unavailable", 1, "d"]
      ]
    )
  }),
  "a part of a task is to be had like others, and is seen nowhere but among its parts": Effect.fnUntraced(
    function* (store) {
      const { task: whole } = yield* claimed(store)
      const before = yield* store.position
      const part = yield* store.create({ ...newTask, kind: "range", parent: whole.id })
      const claim = (yield* store.claim(owner(2), lease)) as Claim
      yield* equal("claimed", claim.task.id, part.id)
      yield* store.commit(claim, batch(done("a")), lease)
      const lists = [
        yield* store.list({ limit: 10 }),
        (yield* store.changes(before, 10)).tasks,
        (yield* store.why("a", 10)).map(({ task }) => task)
      ]
      yield* equal(
        "where it is seen",
        lists.map((list) => list.map(({ id }) => id)),
        [[whole.id], [], []]
      )
      const counts = yield* store.count(["Running"])
      yield* equal("counts", counts.get("Running"), 1)
      yield* equal("with parts", (yield* store.list({ withParts: true, limit: 10 })).length, 2)
      yield* equal("by its id", (yield* store.load(part.id)).id, part.id)
      yield* equal("by a begin of the whole's", (yield* store.load(whole.id.slice(0, 5))).id, whole.id)
      const [found, ...others] = yield* store.parts(whole.id)
      yield* equal("parts", [found?.task.id, found?.told, found?.task.seq, others], [part.id, 0, 1, []])
      yield* equal("wholes", [yield* store.wholeOf(part.id), yield* store.wholeOf(whole.id)], [whole.id, undefined])
      const free = yield* store.create({ ...newTask, kind: "range", parent: whole.id })
      yield* equal("due", (yield* store.due(10))[0]?.id, free.id)
    }
  ),
  "how much of a part was told is kept with what tells it, and a part that is over is gone": Effect.fnUntraced(
    function* (store) {
      const whole = yield* claimed(store)
      const { id } = yield* store.create({ ...newTask, kind: "range", parent: whole.task.id })
      const part = (yield* store.claim(owner(2), lease, id)) as Claim
      yield* store.commit(part, batch(done("a"), done("b")), lease)
      yield* store.commit(whole, { ...batch(done("a")), parts: [{ id, told: 1, isOver: false }] }, lease)
      yield* equal("told", (yield* store.parts(whole.task.id))[0]?.told, 1)
      const other = yield* claimed(store, 3)
      yield* store.commit(other, { ...batch(), parts: [{ id, told: 2, isOver: true }] }, lease)
      yield* equal("of another task", (yield* store.parts(whole.task.id))[0]?.told, 1)
      yield* store.settle(id, { _tag: "Finished", take: part.take, failed: 0 })
      yield* store.commit(whole, { ...batch(done("b")), parts: [{ id, told: 2, isOver: true }] }, lease)
      yield* equal("over", yield* store.parts(whole.task.id), [])
      yield* equal("its facts", yield* seqs(store, id), [])
      yield* equal("the whole's", yield* seqs(store, whole.task.id), [1, 2])
    }
  ),
  "parts go with the end of their task, or its pause, and stay when its runner goes": Effect.fnUntraced(
    function* (store, advance) {
      for (const end of ["Cancel", "Pause"] as const) {
        const whole = yield* claimed(store)
        const { id } = yield* store.create({ ...newTask, kind: "range", parent: whole.task.id })
        const part = (yield* store.claim(owner(2), 10 * lease, id)) as Claim
        yield* store.commit(part, batch(done("a")), 10 * lease)
        advance(lease + 1)
        const again = (yield* store.claim(owner(3), lease, whole.task.id)) as Claim
        yield* equal("after a new claim", (yield* store.parts(whole.task.id)).length, 1)
        yield* store.settle(whole.task.id, { _tag: "OwnerEnded", take: again.take })
        yield* equal("while it is queued", (yield* store.parts(whole.task.id)).length, 1)
        yield* store.wish(whole.task.id, { _tag: end, by: "ann" })
        yield* equal("after its end", yield* store.parts(whole.task.id), [])
        yield* equal("its facts", yield* seqs(store, id), [])
        yield* equal("a word of its runner", yield* reasonOf(store.commit(part, batch(done("b")), lease)), "LeaseLost")
        const last = store.settle(id, { _tag: "Finished", take: part.take, failed: 0 })
        yield* equal("its last word", yield* reasonOf(last), "LeaseLost")
      }
    }
  ),
  "who has a role is found by the begin of its name": Effect.fnUntraced(function* (store, advance) {
    const elsewhere: ProcessIdentity = { host: "elsewhere", pid: 1, birth: "1" }
    yield* store.hold("runners of a", elsewhere, lease)
    yield* store.hold("runners of b", { ...elsewhere, pid: 2 }, 3 * lease)
    yield* store.hold("runner", { ...elsewhere, pid: 3 }, 3 * lease)
    const pids = Effect.map(store.holders("runners of "), (all) => all.map(({ pid }) => pid))
    yield* equal("holders", yield* pids, [1, 2])
    advance(lease + 1)
    yield* equal("after a lease", yield* pids, [2])
  }),
  "the position is behind all that has changed": Effect.fnUntraced(function* (store) {
    const before = yield* store.position
    const { id } = yield* store.create(newTask)
    const { last, tasks } = yield* store.changes(before, 10)
    yield* equal(
      "tasks",
      tasks.map((task) => task.id),
      [id]
    )
    yield* equal("position", yield* store.position, last)
  }),
  "facts are read from any number on, in pieces of any size, however many were stored at once": Effect.fnUntraced(
    function* (store) {
      const claim = yield* claimed(store)
      const { id } = claim.task
      const items = Array.from({ length: 1_300 }, (_, index) => `file-${index + 1}`)
      const commits = [items.slice(0, 1), items.slice(1, 700), items.slice(700, 956), items.slice(956)]
      for (const some of commits) yield* store.commit(claim, batch(...some.map(done)), lease)
      for (const [after, limit] of [
        [0, 2_000],
        [0, 1],
        [1, 256],
        [300, 7],
        [955, 2],
        [1_299, 50],
        [1_300, 50]
      ] as const) {
        const found = yield* store.facts(id, after, limit)
        const expected = items.slice(after, after + limit).map((item, index) => [after + index + 1, item])
        const read = found.map(({ event, seq }) => [seq, "item" in event ? event.item : ""])
        yield* equal(`${limit} after ${after}`, read, expected)
      }
    }
  ),
  "why finds a path with whatever characters among those that are like it": Effect.fnUntraced(function* (store) {
    const paths = [
      "50%_a!b",
      "50xya!b",
      "a",
      "A",
      "ab",
      '"quoted"',
      "back\\slash",
      "line\nbreak",
      "nul\0",
      "\ud800half",
      "é"
    ]
    const claim = yield* claimed(store)
    yield* store.commit(claim, batch(...paths.map(done)), lease)
    for (const path of paths) {
      const found = (yield* store.why(path, 10)).map(({ fact }) => ("item" in fact.fact ? fact.fact.item : ""))
      yield* equal("items", found, [path])
    }
    yield* equal("none", (yield* store.why("Done", 10)).length, 0)
  }),
  "why gives the newest of very many, and no more than it was asked for": Effect.fnUntraced(function* (store) {
    const claim = yield* claimed(store)
    for (let commit = 0; commit < 40; commit++)
      yield* store.commit(claim, batch(done("x"), done("y"), done("x")), lease)
    yield* equal("some", (yield* store.why("x", 50)).length, 50)
    yield* equal("all", (yield* store.why("x", 1_000)).length, 80)
    yield* store.commit(claim, batch({ _tag: "Skipped", item: "x", because: "a socket" }), lease)
    const [newest] = yield* store.why("x", 1)
    yield* equal("newest", newest?.fact.fact._tag, "Skipped")
  }),
  "why says what became of a path, the newest run first": Effect.fnUntraced(function* (store) {
    const first = yield* claimed(store)
    yield* store.commit(first, batch(done("a"), done("b")), lease)
    // More tasks than are looked through at a time.
    for (let other = 0; other < 20; other++) yield* store.create(newTask)
    const second = yield* claimed(store)
    yield* store.commit(second, batch({ _tag: "Skipped", item: "a", because: "a socket" }), lease)
    const found = yield* store.why("a", 10)
    yield* equal(
      "tasks",
      found.map(({ task }) => task.id),
      [second.task.id, first.task.id]
    )
    yield* equal(
      "facts",
      found.map(({ fact }) => fact.fact._tag),
      ["Skipped", "Done"]
    )
  }),
  "whoever has seen one change is told the later ones": Effect.fnUntraced(function* (store) {
    const first = yield* store.create(newTask)
    const second = yield* store.create(newTask)
    const seen = yield* store.changes(0, 100)
    yield* equal(
      "all",
      seen.tasks.map(({ id }) => id),
      [first.id, second.id]
    )
    const [number = 0] = seen.numbers
    yield* equal("numbers", seen.numbers, [number, seen.last])
    yield* equal(
      "after the first",
      (yield* store.changes(number, 100)).tasks.map(({ id }) => id),
      [second.id]
    )
    yield* equal("none", (yield* store.changes(seen.last, 100)).tasks, [])
    yield* store.wish(first.id, { _tag: "Pause", by: "ann" })
    yield* equal(
      "one",
      (yield* store.changes(seen.last, 100)).tasks.map(({ id }) => id),
      [first.id]
    )
  }),
  "counts who uses an account, but for those whose lease ran out": Effect.fnUntraced(function* (store, advance) {
    yield* equal("one", yield* store.share("b2:a", owner(1), lease), 1)
    yield* equal("another", yield* store.share("b2:a", owner(2), lease), 2)
    yield* equal("of another account", yield* store.share("b2:b", owner(2), lease), 1)
    yield* equal("once more", yield* store.share("b2:a", owner(1), 2 * lease), 2)
    advance(lease + 1)
    yield* equal("after a lease", yield* store.share("b2:a", owner(1), lease), 1)
    yield* store.share("b2:a", owner(3), lease)
    yield* store.unshare("b2:a", owner(3))
    yield* equal("after it is given back", yield* store.share("b2:a", owner(1), lease), 1)
  }),
  "lists the newest first, by state and kind, page by page": Effect.fnUntraced(function* (store) {
    const tasks = [yield* store.create(newTask), yield* store.create({ ...newTask, kind: "backup" })]
    const third = yield* store.create(newTask)
    yield* store.wish(third.id, { _tag: "Pause", by: "ann" })
    const ids = (query: Omit<Parameters<TaskStore["list"]>[0], "limit">, limit = 10) =>
      Effect.map(store.list({ ...query, limit }), (found) => found.map(({ id }) => id))
    yield* equal("all", yield* ids({}), [third.id, tasks[1]!.id, tasks[0]!.id])
    yield* equal("page", yield* ids({ before: third.id }, 1), [tasks[1]!.id])
    yield* equal("kind", yield* ids({ kinds: ["backup"] }), [tasks[1]!.id])
    yield* equal("state", yield* ids({ states: ["Paused", "Done"] }), [third.id])
  }),
  "what ended long ago goes, facts first, and what runs stays": Effect.fnUntraced(function* (store, advance) {
    const old = yield* claimed(store)
    yield* store.settle(old.task.id, { _tag: "Finished", take: old.take, failed: 0 }, batch(done("a"), done("b")))
    const running = yield* claimed(store)
    yield* store.commit(running, batch(done("c")), 1_000_000)
    advance(10_000)
    const keep = { tasksMillis: 100_000, factsMillis: 5_000, maxBytes: Number.MAX_SAFE_INTEGER }
    yield* equal("facts", yield* store.prune(keep), { tasks: 0, facts: 2 })
    yield* equal("the task", (yield* store.load(old.task.id)).seq, 2)
    yield* equal("no facts", yield* seqs(store, old.task.id), [])
    advance(100_000)
    const before = yield* store.position
    yield* equal("tasks", yield* store.prune(keep), { tasks: 1, facts: 0 })
    yield* equal("that is a change", (yield* store.position) > before, true)
    yield* equal("gone", yield* reasonOf(store.load(old.task.id)), "NoTask")
    yield* equal("running", yield* seqs(store, running.task.id), [1])
  })
})
