import { expect, it } from "@effect/vitest"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { silent } from "@ourclone/core/events/Tell"
import { jobKinds, offer } from "@ourclone/jobs/JobKinds"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { TaskStore } from "../../src/store/TaskStore.ts"
import { type Hooks, noHooks } from "../../src/task/Hooks.ts"
import { mayRun, places, travelling } from "../../src/task/OtherMachines.ts"
import * as UndoKind from "../../src/undo/UndoKind.ts"

const options: { readonly [remote: string]: { readonly type: string; readonly remote?: string } } = {
  photos: { type: "b2" },
  secret: { type: "crypt", remote: "photos:bucket/secret" },
  vault: { type: "crypt", remote: "/mnt/disk" },
  twice: { type: "crypt", remote: "twice:" },
  disk: { type: "local" }
}

/** As a configuration with these remotes answers. */
const remotes = {
  factories: [{ type: "b2" }, { type: "local" }, { type: "crypt", over: {} }],
  show: (name: string) => {
    const found = options[name.replace(/:$/, "")]
    return found === undefined ? Effect.fail(new Error(name)) : Effect.succeed({ type: found.type, options: found })
  }
} as unknown as Remotes["Service"]

const machine = { stateDirectory: "/s", cacheDirectory: "/c", home: "/h", program: "test" }

const asked = (kind: string, request: object, machine = "nas", hooks: Hooks = noHooks) =>
  Effect.provideService(mayRun("desk", { hooks, kind, machine, request: request as never }), Remotes, remotes)

const cases: ReadonlyArray<readonly [what: string, kind: string, request: object, expected: boolean]> = [
  ["between two storages goes anywhere", "sync", { source: "photos:a", destination: "secret:b" }, true],
  ["from a folder stays", "sync", { source: "/home/ann", destination: "photos:b" }, false],
  ["to a folder stays", "copy", { source: "photos:a", destination: "/home/ann" }, false],
  ["of a remote that is encrypted onto a disk stays", "sync", { source: "vault:a", destination: "photos:b" }, false],
  ["of a remote that is made of itself stays", "sync", { source: "twice:a", destination: "photos:b" }, false],
  ["of a remote of local files stays", "sync", { source: "disk:a", destination: "photos:b" }, false],
  ["of a remote that is not known here stays", "sync", { source: "photos:a", destination: "other:b" }, false],
  ["by a key of the environment stays", "sync", { source: "b2://a", destination: "photos:b" }, false],
  [
    "that sets aside on a disk stays",
    "sync",
    { source: "photos:a", destination: "photos:b", backupDir: "/old" },
    false
  ],
  ["that keeps a state of its own stays", "bisync", { first: "photos:a", second: "photos:b" }, false],
  ["that names no place stays", "sync", {}, false]
]

it.effect.each(cases)("a task %s", ([, kind, request, expected]) =>
  Effect.map(asked(kind, request), (may) => expect(may).toBe(expected))
)

it.effect("what a task did to the folders of another machine is taken back there", () =>
  Effect.gen(function* () {
    const task = { id: "1", kind: "copy", machine: "nas", hooks: noHooks, state: { _tag: "Done", failed: 0 } }
    const undo = (request: object) => {
      const store = { load: () => Effect.succeed({ ...task, request }), facts: () => Effect.succeed([]) }
      return UndoKind.make(store as unknown as TaskStore).preview!({ task: "1" }, { tell: silent, secrets: new Map() })
    }
    const refused = (request: object, database: Redacted.Redacted | undefined) =>
      undo(request).pipe(
        Effect.flip,
        Effect.map(({ message }) => message),
        Effect.provideService(ThisMachine, { ...machine, database }),
        Effect.provideService(Remotes, remotes),
        Effect.scoped
      )
    const local = { source: "photos:a", destination: "/home/ann" }
    expect(yield* refused(local, Redacted.make("postgres://"))).toContain("one of nas")
    // The next thing that is missing.
    const afar = { source: "photos:a", destination: "secret:b" }
    for (const message of [yield* refused(afar, Redacted.make("postgres://")), yield* refused(local, undefined)]) {
      expect(message).toContain("only sums are kept")
    }
  })
)

/** Texts that name nothing of a machine: names of filters, of times, of amounts, of versions, of endings. */
const harmless = [
  ...["include", "exclude", "filter", "includeFrom", "excludeFrom", "filterFrom", "filesFrom"],
  ...["minSize", "maxSize", "minAge", "maxAge", "bwlimit", "maxTransfer", "cutoffMode", "orderBy"],
  ...["after", "upTo", "suffix", "whenBusy", "versionId", "headerUpload", "trackRenamesStrategy"]
]

const range = async () => offer((await import("@ourclone/jobs/transfer/Range")).kind)

it.effect("every text of a request that may travel is known to name a place or to name none", () =>
  Effect.gen(function* () {
    const unknown: Array<string> = []
    for (const kind of travelling) {
      const { request } = yield* Effect.promise(kind === "range" ? range : jobKinds[kind])
      const { schema } = Schema.toJsonSchemaDocument(Schema.toCodecJson(request as Schema.Top))
      for (const [field, of] of Object.entries(schema.properties ?? {})) {
        const isText = /"type":"string"|\$ref/.test(JSON.stringify(of))
        if (isText && !places.includes(field) && !harmless.includes(field)) unknown.push(`${kind}.${field}`)
      }
    }
    expect(unknown).toEqual([])
  })
)

it.effect("a task with a program around it stays where that is", () => {
  const request = { source: "photos:a", destination: "secret:b" }
  const hooks = { before: null, after: { command: ["poweroff"], limitMillis: 1000 } } as const
  return Effect.map(asked("sync", request, "nas", hooks), (may) => expect(may).toBe(false))
})

it.effect("whatever was asked for on a machine runs there", () =>
  Effect.map(asked("backup", { paths: ["/home/ann"] }, "desk"), (may) => expect(may).toBe(true))
)
