/** What is wrong is said at its field, and the cursor stands there: whichever form it is, and whoever found it out. */
import type { Failure } from "@ourclone/core/events/Failure"
import { widthOf } from "@ourclone/core/events/PrintableText"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import type { StorageType } from "../src/command/Ask.ts"
import { LinkFailed } from "../src/link/Link.ts"
import { envelopes, type Rig, rig, task } from "./Rig.ts"

const failure = (code: string, message: string, more: Partial<Failure> = {}): Failure => ({
  code,
  message,
  isRetryable: false,
  ...more
})
const refuse = (code: string, message: string, more: Partial<Failure> = {}) =>
  Effect.fail(new LinkFailed({ failure: failure(code, message, more) }))

const option = (name: string, kind: "text" | "secret" | "number", isRequired = true) => ({
  name,
  flag: name,
  description: `About ${name}`,
  kind,
  choices: undefined,
  isWhole: false,
  isRequired,
  defaultValue: undefined
})

const b2: StorageType = {
  type: "b2",
  description: "Backblaze B2",
  options: [option("keyId", "text"), option("applicationKey", "secret"), option("endpoint", "text", false)]
}

/** The field with the cursor, with what is said beside it. */
const at = ({ lines }: Rig, columns = 200): string => lines(columns, 50).find((line) => line.startsWith(" > ")) ?? ""

describe("Add Storage says at its field", () => {
  const adding = async (code: string, message: string, more: Partial<Failure> = {}) => {
    const made = await rig({ types: Effect.succeed([b2]), addStorage: () => refuse(code, message, more) })
    await made.keys("n", "enter", "text:photos", "enter", "text:0012", "enter", "text:s3cret", "enter")
    await made.keys("text:http://here", "ctrl-s")
    return made
  }

  it.for([
    ["a name that can not be", "InvalidName", {}, "Name"],
    ["a name that is taken", "AlreadyConfigured", {}, "Name"],
    ["a key that the service refuses", "Unauthenticated", { provider: "photos:" }, "Application key"],
    ["a service that is not there", "Unavailable", { provider: "photos:" }, "Endpoint"],
    ["an option that the provider refuses", "InvalidOption", { item: "keyId" }, "Key id"]
  ] as const)("%s", async ([, code, more, label]) => {
    const made = await adding(code, "it is not so", more)
    assert.match(at(made), new RegExp(`^ > ${label} .* it is not so`))
    assert.notInclude(made.text(), "s3cret")
    // Not once more at the foot of the form.
    assert.strictEqual(made.lines(200, 50).filter((line) => /^ {3}it is not so/.test(line)).length, 0)
    await made.close()
  })

  it("what belongs to none below all of them", async () => {
    const made = await adding("ConfigurationUnavailable", "the configuration can not be written")
    assert.match(made.text(200, 50), /\n {3}the configuration can not be written/)
    await made.close()
  })

  it("with what to do about it, and whole where a window has no room for it beside its field", async () => {
    const long = "photos: the key was refused, as the account does not know it any more"
    const more = { remedy: { code: "removeRemote", values: { name: "photos" } } }
    // The second fits into a line, but not beside what was typed.
    for (const message of [long, "it does not answer"]) {
      const made = await adding("Unauthenticated", message, more)
      const said = made.text(60, 20).replace(/\s+/g, " ")
      assert.include(said, `${message}; remove the storage photos first`)
      await made.close()
    }
  })
})

describe("a number that is none is said at its field, and nothing typed is lost", () => {
  const number = (name: string, isWhole: boolean) => ({ ...option(name, "number", false), isWhole })
  const sftp: StorageType = {
    type: "sftp",
    description: "SFTP",
    options: [option("host", "text"), number("port", true), number("connectTimeout", false)]
  }

  it.for([
    ["a word for a whole one", "abc", "", "Port", "must be a whole number"],
    ["a part for a whole one", "2.5", "", "Port", "must be a whole number"],
    ["one no computer counts to", "99999999999999999999", "", "Port", "is too large a number"],
    ["a word for any", "", "abc", "Connect timeout", "must be a number"]
  ] as const)("of a storage: %s", async ([, port, timeout, label, says]) => {
    const made = await rig({ types: Effect.succeed([sftp]) })
    await made.keys("n", "enter", "text:nas", "enter", "text:here", "enter", `text:${port}`, "enter")
    await made.keys(`text:${timeout}`, "ctrl-s")
    assert.match(at(made), new RegExp(`^ > ${label} .*${port}${timeout}.*${says}`))
    assert.include(made.text(), "here")
    assert.isUndefined(made.asked.find(([name]) => name === "addStorage"))
    await made.close()
  })

  it("of a storage: what is one goes out as such", async () => {
    const made = await rig({ types: Effect.succeed([sftp]) })
    await made.keys("n", "enter", "text:nas", "enter", "text:here", "enter", "text:2222", "enter", "text:0.5", "ctrl-s")
    const options = { host: "here", port: 2222, connectTimeout: 0.5 }
    assert.deepStrictEqual(made.asked.find(([name]) => name === "addStorage")?.slice(1), ["nas", "sftp", options])
    await made.close()
  })

  it("of a transfer", async () => {
    const kept = { migrate: { source: "/a", destination: "/b", mode: "copy" } }
    for (const [written, says] of [
      ["many", "must be a whole number"],
      ["99999999999999999999", "is too large a number"]
    ] as const) {
      const made = await rig({}, { tab: "migrate", kept })
      await made.keys("tab", ...Array.from({ length: 6 }, () => "down"), `text:${written}`, "ctrl-s")
      assert.match(at(made), new RegExp(`^ > Files at once .*${written}.* ${says}`))
      assert.isUndefined(made.asked.find(([name]) => name === "preview"))
      await made.close()
    }
  })
})

describe("Migrate says at its field", () => {
  const kept = { migrate: { source: "/home/ann/Pictures", destination: "phots:b", mode: "copy" } }
  const planning = async (found: Failure) => {
    const made = await rig(
      { preview: () => Stream.succeed(envelopes({ _tag: "Finished", outcome: "failed", failure: found })) },
      { tab: "migrate", kept }
    )
    await made.keys("ctrl-s")
    return made
  }

  it.for([
    ["a folder that is not there", failure("NotFound", "not there", { provider: "/home/ann/Pictures" }), "From"],
    ["a bucket that is not there", failure("NotFound", "not there", { provider: "phots:b" }), "To"],
    [
      "a storage that nobody knows",
      failure("UnknownRemote", "not there", { remedy: { code: "addRemote", values: { name: "phots", path: "" } } }),
      "To"
    ],
    [
      "a source in which nothing was found",
      failure("GuardStopped", "not there", { remedy: { code: "allowEmptySource" } }),
      "From"
    ]
  ] as const)("%s", async ([, found, label]) => {
    const made = await planning(found)
    assert.notInclude(made.text(), "Plan ›")
    assert.match(at(made), new RegExp(`^ > ${label} .* not there`))
    await made.close()
  })

  it("nothing of a service that is away, whose plan stays", async () => {
    const made = await planning(failure("Unavailable", "the service is away", { provider: "phots:b" }))
    assert.include(made.text(), "Plan ›")
    assert.include(made.text(), "the service is away")
    await made.close()
  })
})

it("a plan that was asked for beside no form says itself what went wrong", async () => {
  const made = await rig({
    rows: () => Stream.succeed([{ _tag: "File", path: "a", size: 1, modifiedAt: 0, checksums: {} }]),
    preview: () => Stream.fail(new LinkFailed({ failure: failure("InvalidJob", "it can not be", { item: "include" }) }))
  })
  await made.keys("enter", "c")
  assert.include(made.text(), "it can not be")
  await made.close()
})

describe("New repository says at its field", () => {
  it("a name that is taken", async () => {
    const made = await rig({ addRepository: () => refuse("AlreadyConfigured", "it is taken") }, { tab: "backup" })
    await made.keys("n", "text:/b", "enter", "text:home", "enter", "text:correct horse", "enter", "text:correct horse")
    await made.keys("ctrl-s")
    assert.match(at(made), /^ > Name .* it is taken/)
    await made.close()
  })

  it("a place that can not be, and closes once the task is there", async () => {
    let isThere = false
    const made = await rig(
      {
        start: (kind, request) =>
          isThere
            ? Effect.succeed(task({ kind, request, state: { _tag: "Done", failed: 0 } }))
            : refuse("InvalidJob", "no place", { item: "repository" })
      },
      { tab: "backup" }
    )
    await made.keys("n", "text:/b", "enter", "enter", "text:correct horse", "enter", "text:correct horse", "ctrl-s")
    assert.match(at(made), /^ > Storage path .* no place/)
    isThere = true
    await made.keys("ctrl-s", "4")
    assert.notInclude(made.text(), "› New repository")
    assert.deepStrictEqual(made.app.view().world.kept["repositories"], ["/b"])
    await made.close()
  })
})

it("a folder or bucket that can not be is said at its name, and none is made", async () => {
  let isPossible = false
  const started = task({ state: { _tag: "Done", failed: 0 } })
  const made = await rig({
    start: () => (isPossible ? Effect.succeed(started) : refuse("InvalidJob", "no such name", { item: "bucket" }))
  })
  await made.keys("enter", "n", "text:Bad Bucket!", "ctrl-s")
  assert.match(at(made), /^ > Name .*Bad Bucket!.* no such name/)
  isPossible = true
  await made.keys("ctrl-s")
  assert.notInclude(made.text(), "Make a folder")
  await made.close()
})

describe("a schedule says at the folder it watches", () => {
  const saving = async (watch: string, answers: Parameters<typeof rig>[0] = {}) => {
    const made = await rig(
      { preview: () => Stream.succeed(envelopes({ _tag: "Finished", outcome: "done" })), ...answers },
      { tab: "migrate", kept: { migrate: { source: "/a", destination: "/b", mode: "copy" } } }
    )
    await made.keys("ctrl-s", "W", "text:nightly", "up", "up", "up", "up", "up", "up")
    await made.keys("down", "down", "down", "down", `text:${watch}`, "ctrl-s")
    return made
  }

  it("that it is none of the computer", async () => {
    const made = await saving("photos:b", { addSchedule: () => Effect.void })
    assert.match(at(made), /^ > Also after changes .*photos:b.* must be a folder of the computer itself/)
    await made.close()
  })

  it("that it is not there", async () => {
    const gone = { item: "watch" }
    const made = await saving("/nowhere", { addSchedule: () => refuse("InvalidSchedule", "it is not there", gone) })
    assert.match(at(made), /^ > Also after changes .* it is not there/)
    await made.close()
    const there = await saving("/home/ann", { addSchedule: () => Effect.void })
    assert.strictEqual(there.app.top().name, "Plan")
    await there.close()
  })
})

it("a schedule whose job wants a secret that is stored nowhere says so, and asks for none", async () => {
  const remedy = { code: "giveSecret", values: { secret: "repository:home" } }
  const made = await rig(
    {
      preview: () => Stream.succeed(envelopes({ _tag: "Finished", outcome: "done" })),
      addSchedule: () => refuse("SecretRefused", "the password of home is stored nowhere", { remedy })
    },
    { tab: "migrate", kept: { migrate: { source: "/a", destination: "/b", mode: "copy" } } }
  )
  await made.keys("ctrl-s", "W", "text:nightly", "ctrl-s")
  assert.strictEqual(made.app.top().name, "Form")
  assert.include(made.text(), "the password of home is stored nowhere")
  await made.close()
})

it("a schedule says at its time zone what is wrong with it, and at its time what is wrong with that", async () => {
  const made = await rig(
    { preview: () => Stream.succeed(envelopes({ _tag: "Finished", outcome: "done" })) },
    { tab: "migrate", kept: { migrate: { source: "/a", destination: "/b", mode: "copy" } } }
  )
  await made.keys("ctrl-s", "W", "text:nightly", "enter", "enter", "ctrl-u", "text:Nowhere", "ctrl-s")
  assert.match(at(made), /^ > Time zone .* is no time zone/)
  await made.keys("ctrl-u", "text:UTC", "up", "ctrl-u", "text:sometimes", "ctrl-s")
  assert.match(at(made), /^ > When .* is no time/)
  await made.close()
})

describe("a form opens", () => {
  it("at its first field that is needed and empty", async () => {
    const made = await rig({}, { tab: "migrate" })
    assert.match(at(made), /^ > From/)
    await made.close()
    const half = await rig({}, { tab: "migrate", kept: { migrate: { source: "/a", destination: "", mode: "copy" } } })
    assert.match(at(half), /^ > To/)
    await half.close()
  })

  it("of a tab where nothing is needed any more at what it is for, so that numbers lead elsewhere", async () => {
    const kept = { migrate: { source: "/a", destination: "/b", mode: "copy" } }
    const made = await rig({}, { tab: "migrate", kept })
    assert.match(at(made), /^ > {2}Preview/)
    await made.keys("3")
    assert.include(made.text(), "Nothing has run yet")
    await made.close()
  })
})

it("the choices of a field are whole in every window, and where there is no room the chosen one is", async () => {
  const snapshot = { id: "abc", time: "2026-11-29T02:30:00Z", hostname: "desk", paths: ["/home/ann"], tags: [] }
  const made = await rig(
    {
      storage: Effect.succeed({ remotes: [], repositories: [{ name: "home", location: "/backup" }] }),
      rows: () => Stream.succeed([snapshot])
    },
    { tab: "backup" }
  )
  await made.keys("g", "enter", "R", "enter")
  const all = ["if-changed", "if-newer", "never", "keep-both", "always"]
  for (const columns of [80, 200]) for (const one of all) assert.include(at(made, columns), one)
  assert.include(at(made, 60), "< if-changed >  1 of 5")
  for (const one of all) assert.include(made.text(60, 20), one)
  await made.keys("left")
  assert.include(at(made, 60), "< always >  5 of 5")
  for (const columns of [60, 80, 200])
    for (const line of made.lines(columns, 20)) assert.isAtMost(widthOf(line), columns)
  await made.close()
})
