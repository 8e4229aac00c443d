/** What only the service can refuse is said in the form that asked for it, though a task found it out. */
import type { Failure } from "@ourclone/core/events/Failure"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import type { Task } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import { LinkFailed } from "../src/link/Link.ts"
import { envelopes, type Rig, rig, task } from "./Rig.ts"

const failure = (code: string, message: string, more: Partial<Failure> = {}): Failure => ({
  code,
  message,
  isRetryable: false,
  ...more
})

const failed = (code: string, message: string, more: Partial<Failure> = {}): Task["state"] => ({
  _tag: "Failed",
  failure: failure(code, message, more)
})

const queued: Task["state"] = { _tag: "Queued", notBefore: null }

/** A task that is begun as queued, and told once more when `tell` is called. */
const later = (next: Partial<Task>, facts: ReadonlyArray<RunEvent> = []) => {
  let begun = task({ state: queued, seq: 0 })
  let tell = (): void => {}
  const told = new Promise<void>((resolve) => {
    tell = resolve
  })
  return {
    tell: () => tell(),
    link: {
      start: (kind: string, request: Task["request"]) => {
        begun = task({ kind, request, state: queued, seq: 0 })
        return Effect.succeed(begun)
      },
      details: () => Effect.succeed({ task: begun, facts: envelopes(...facts), causes: [] }),
      tasks: Stream.concat(
        Stream.fromEffect(
          Effect.map(
            Effect.promise(() => told),
            () => [{ ...begun, seq: 1, ...next }]
          )
        ),
        Stream.never
      )
    }
  }
}

const at = ({ lines }: Rig): string => lines(200, 50).find((line) => line.startsWith(" > ")) ?? ""

/** The key that begins it, what is seen meanwhile, and what is seen when the task was told once more. */
const sent = async (made: Rig, tell: () => void): Promise<string> => {
  made.app.press("ctrl-s")
  await new Promise((resolve) => setImmediate(resolve))
  const meanwhile = made.text()
  tell()
  await made.app.whenIdle()
  return meanwhile
}

describe("a new bucket", () => {
  it("whose name the service refuses is said at its name, which is still there", async () => {
    const { link, tell } = later({ state: failed("AlreadyExists", "the name is taken") })
    const made = await rig(link)
    await made.keys("enter", "n", "text:my-bucket")
    assert.include(await sent(made, tell), "One moment")
    assert.match(at(made), /^ > Name .*my-bucket.* the name is taken/)
    await made.close()
  })

  it("that is refused after its run has begun is said at its name too", async () => {
    let refuse = (): void => {}
    const refused = new Promise<void>((resolve) => {
      refuse = resolve
    })
    const begun = task({ kind: "createBucket", state: queued, seq: 0 })
    const running: Task = { ...begun, seq: 1, state: { _tag: "Running", take: 1 } }
    const over: Task = { ...begun, seq: 2, state: failed("AlreadyExists", "the name is taken") }
    const told = Stream.fromEffect(
      Effect.as(
        Effect.promise(() => refused),
        [over]
      )
    )
    const made = await rig({
      start: () => Effect.succeed(begun),
      // It is refused once somebody has seen that it has done nothing yet.
      details: () =>
        Effect.sync(() => {
          refuse()
          return { task: running, facts: envelopes({ _tag: "Step", name: "runBegan" }), causes: [] }
        }),
      tasks: Stream.concat(Stream.concat(Stream.succeed([running]), told), Stream.never)
    })
    await made.keys("enter", "n", "text:my-bucket", "ctrl-s")
    assert.match(at(made), /^ > Name .*my-bucket.* the name is taken/)
    await made.close()
  })

  it("that a key may not make is said so, and no task is left that waits for another key", async () => {
    const waits = { _tag: "Waiting", take: 1, for: "credentials", until: null } as const
    const { link, tell } = later({ state: { ...waits, failure: failure("PermissionDenied", "the key may not") } })
    const made = await rig({ ...link, wish: () => Effect.succeed(task()) })
    await made.keys("enter", "n", "text:my-bucket")
    await sent(made, tell)
    assert.match(at(made), /^ > Name .* the key may not/)
    assert.deepStrictEqual(made.asked.find(([name]) => name === "wish")?.slice(1, 3), ["1m8task", "Cancel"])
    await made.close()
  })

  it("that is made closes the form", async () => {
    const { link, tell } = later({ state: { _tag: "Done", failed: 0 } })
    const made = await rig(link)
    await made.keys("enter", "n", "text:my-bucket")
    await sent(made, tell)
    assert.strictEqual(made.app.top().name, "Browser")
    await made.close()
  })

  it("of the only field, Enter makes it", async () => {
    const made = await rig()
    await made.keys("enter", "n", "text:my-bucket", "enter")
    assert.isDefined(made.asked.find(([name]) => name === "start"))
    await made.close()
  })
})

describe("New Backup", () => {
  const listed = {
    storage: Effect.succeed({ remotes: [], repositories: [{ name: "home", location: "/backup" }] })
  }
  const running: Partial<Task> = { state: { _tag: "Running", take: 1 } }

  it("stays until its run has found what it was asked for, and then shows the task", async () => {
    const planned = { _tag: "Planned", files: 1, bytes: 1, removals: 0, isFinal: false } as const
    const { link, tell } = later(running, [{ _tag: "Step", name: "runBegan" }, planned])
    const made = await rig({ ...listed, ...link }, { tab: "backup" })
    await made.keys("g", "enter", "b", "text:~/Documents")
    assert.include(await sent(made, tell), "One moment")
    assert.strictEqual(made.app.top().name, "Task")
    await made.close()
  })

  it("asks for the password that was wrong, and keeps what was typed", async () => {
    const remedy = { code: "giveSecret", values: { secret: "repository:home" } }
    const waits = { _tag: "Waiting", take: 1, for: "credentials", until: null } as const
    const { link, tell } = later({
      state: { ...waits, failure: failure("SecretRefused", "the password is wrong", { remedy }) }
    })
    const made = await rig({ ...listed, ...link, wish: () => Effect.succeed(task()) }, { tab: "backup" })
    await made.keys("g", "enter", "b", "text:~/Documents")
    await sent(made, tell)
    assert.include(made.text(), "Password of home")
    await made.keys("esc")
    assert.include(made.text(), "~/Documents")
    await made.close()
  })
})

describe("a repository", () => {
  const typed = ["n", "text:/b", "enter", "text:home", "enter", "text:correct horse", "enter", "text:correct horse"]

  it("that can not be made there is said at its place, and its name is free again", async () => {
    const { link, tell } = later({ state: failed("RepositoryExists", "there is one already") })
    const made = await rig({ ...link, addRepository: () => Effect.void }, { tab: "backup" })
    await made.keys(...typed)
    await sent(made, tell)
    assert.match(at(made), /^ > Storage path .*\/b.* there is one already/)
    assert.include(made.text(), "home")
    assert.deepStrictEqual(made.asked.find(([name]) => name === "removeRepository")?.slice(1), ["home"])
    await made.close()
  })

  it("that is there is not called anything before it was opened; a wrong password is said at its field", async () => {
    const remedy = { code: "giveSecret", values: { secret: "repository:home" } }
    const wrong = new LinkFailed({ failure: failure("SecretRefused", "the password is wrong", { remedy }) })
    const made = await rig(
      { addRepository: () => Effect.void, rows: () => Stream.fail(wrong) },
      { tab: "backup", service: "nas" }
    )
    await made.keys("e", "text:/b", "enter", "text:home", "enter", "text:hunter22", "ctrl-s")
    assert.strictEqual(made.app.top().name, "Form")
    assert.match(at(made), /^ > Password .* the password is wrong/)
    assert.deepStrictEqual(made.asked.find(([name]) => name === "removeRepository")?.slice(1), ["home"])
    await made.close()
  })

  it("that is not there is not kept in the list", async () => {
    const none = new LinkFailed({ failure: failure("NoRepository", "there is no repository") })
    const made = await rig({ rows: () => Stream.fail(none) }, { tab: "backup" })
    await made.keys("e", "text:/b", "ctrl-s")
    assert.match(at(made), /^ > Storage path .*\/b.* there is no repository/)
    assert.isUndefined(made.app.view().world.kept["repositories"])
    await made.close()
  })
})
