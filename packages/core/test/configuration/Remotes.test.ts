import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "@effect/vitest"
import { Effect, Redacted, Schema } from "effect"
import type { RemoteError } from "../../src/configuration/RemoteError.ts"
import { Remotes, type RemotesOptions } from "../../src/configuration/Remotes.ts"
import type { OpenAt } from "../../src/contract/Account.ts"
import type { Provider } from "../../src/contract/Provider.ts"
import * as ProviderFactory from "../../src/contract/ProviderFactory.ts"
import { specification } from "../../src/contract/Specification.ts"

const folder = fs.mkdtempSync(join(tmpdir(), "ourclone-remotes-"))
afterAll(() => fs.rmSync(folder, { recursive: true }))

/** Opens to a provider whose name tells everything that the factory was given. */
const told = (options: object, at: OpenAt) =>
  Effect.succeed({ specification, name: JSON.stringify({ ...options, ...at }) } as Provider)

const b2 = ProviderFactory.make({
  type: "b2",
  description: "Backblaze B2",
  options: Schema.Struct({
    keyId: Schema.String.annotate({ description: "Application key id" }),
    key: Schema.Redacted(Schema.String).annotate({ description: "Application key" }),
    endpoint: Schema.optionalKey(Schema.String),
    hardDelete: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))),
    connections: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0)))
  }),
  environment: [
    { keyId: "B2_APPLICATION_KEY_ID", key: "B2_APPLICATION_KEY" },
    { keyId: "B2_ACCOUNT_ID", key: "B2_APP_KEY" },
    { keyId: "B2_ACCOUNT_ID", key: "B2_ACCOUNT_KEY" },
    { keyId: "B2_KEY_ID", key: "B2_KEY" },
    { endpoint: "B2_ENDPOINT" }
  ],
  connect: () => Effect.succeed({ id: "b2" }),
  open: (_, at, options) => told({ ...options, key: Redacted.value(options.key) }, at)
})

const local = ProviderFactory.make({
  type: "local",
  description: "This machine",
  options: Schema.Struct({}),
  connect: () => Effect.succeed({ id: "local" }),
  open: (_, at, options) => told(options, at)
})

const over = ProviderFactory.makeOver({
  type: "over",
  description: "Another remote",
  options: Schema.Struct({ remote: Schema.String }),
  refusesLocation: (location) => (location === "no" ? "nobody likes it" : undefined),
  beneath: ({ remote }, location) => Effect.succeed(`${remote}${location.toUpperCase()}`),
  around: (beneath, options, at) => told({ ...options, beneath: JSON.parse(beneath.name) }, at)
})

let files = 0
const write = (text: string, mode = 0o600) => {
  const path = join(folder, `${++files}.toml`)
  fs.writeFileSync(path, text, { mode })
  return path
}

const using = <A, E>(
  options: Partial<RemotesOptions>,
  use: (remotes: Remotes["Service"]) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.gen(function* () {
    return yield* use(yield* Remotes)
  }).pipe(
    Effect.provide(
      Remotes.layer({
        directory: folder,
        factories: [b2, local],
        environment: { HOME: folder },
        configurationPath: join(folder, "absent.toml"),
        platform: "linux",
        ...options
      })
    )
  )

const open = (text: string, options: Partial<RemotesOptions>, flags = {}) =>
  using(options, (remotes) => Effect.scoped(remotes.open(text, flags))).pipe(
    Effect.map((provider): unknown => JSON.parse(provider.name))
  )

const refusal = (text: string, options: Partial<RemotesOptions>, flags = {}) =>
  Effect.map(Effect.flip(open(text, options, flags)), (error) => (error as RemoteError).reason)

const photos = '# mine\n[remotes.photos]\ntype = "b2"\nkeyId = "id"\nkey = "topsecret"\n'

describe("Remotes.open", () => {
  it.effect("opens a remote that is made of another one, with that beneath, and no settings of its own", () =>
    Effect.gen(function* () {
      const text = `${photos}\n[remotes.secret]\ntype = "over"\nremote = "photos:in/"\n`
      const configurationPath = write(text)
      const factories = [b2, local, over]
      expect(yield* open("secret:a/b", { factories, configurationPath }, { hardDelete: true })).toEqual({
        remote: "photos:in/",
        name: "secret:",
        location: "a/b",
        beneath: { keyId: "id", key: "topsecret", hardDelete: true, name: "photos:", location: "in/A/B" }
      })
      const refused = yield* refusal("secret:no", { factories, configurationPath })
      expect(refused.message).toContain("nobody likes it")
    })
  )

  it.effect("stops at a remote that is made of itself", () =>
    Effect.gen(function* () {
      const configurationPath = write('[remotes.loop]\ntype = "over"\nremote = "loop:x"\n')
      const reason = yield* refusal("loop:a", { factories: [b2, local, over], configurationPath })
      expect([reason._tag, reason.message]).toEqual(["InvalidName", expect.stringContaining("made of itself")])
    })
  )

  it.effect("opens a configured remote with its options and the defaults", () =>
    Effect.gen(function* () {
      expect(yield* open("photos:2024/a", { configurationPath: write(photos) })).toEqual({
        keyId: "id",
        key: "topsecret",
        hardDelete: false,
        name: "photos:",
        location: "2024/a"
      })
    })
  )

  it.effect("opens an address and a bare type with credentials from the environment", () =>
    Effect.gen(function* () {
      const environment = { B2_KEY_ID: "id", B2_KEY: "k", B2_ENDPOINT: "http://127.0.0.1:1" }
      const options = { keyId: "id", key: "k", endpoint: "http://127.0.0.1:1", hardDelete: false }
      expect(yield* open("b2://bucket/x", { environment })).toEqual({ ...options, name: "b2://", location: "bucket/x" })
      expect(yield* open("b2:bucket", { environment })).toEqual({ ...options, name: "b2:", location: "bucket" })
    })
  )

  it.effect("opens anything else as a local path, whatever state the configuration is in", () =>
    Effect.gen(function* () {
      const configurationPath = write("not toml")
      expect(yield* open("./a:b", { configurationPath })).toEqual({ name: "", location: "./a:b" })
      expect(yield* open("local:a:b", {})).toEqual({ name: "", location: "a:b" })
      expect((yield* refusal("photos:", { configurationPath }))._tag).toBe("MalformedConfiguration")
    })
  )

  it.effect("takes a flag before the configuration, the configuration before the environment", () =>
    Effect.gen(function* () {
      const configurationPath = write(`${photos}endpoint = "http://configured"\nconnections = 3\n`)
      const environment = { B2_ENDPOINT: "http://environment" }
      const opened = yield* open("photos:", { configurationPath, environment }, { connections: "9", unknown: "x" })
      expect(opened).toMatchObject({ endpoint: "http://configured", connections: 9 })
      const flagged = yield* open("photos:", { configurationPath, environment }, { endpoint: "http://flag" })
      expect(flagged).toMatchObject({ endpoint: "http://flag", connections: 3 })
    })
  )

  it.effect("takes credentials from the environment as the first whole pair", () =>
    Effect.gen(function* () {
      const account = { B2_ACCOUNT_ID: "account", B2_APP_KEY: "app", B2_ACCOUNT_KEY: "restic" }
      const open2 = (environment: Record<string, string>) => open("b2://x", { environment })
      expect(yield* open2(account)).toMatchObject({ keyId: "account", key: "app" })
      expect(yield* open2({ ...account, B2_APP_KEY: "" })).toMatchObject({ keyId: "account", key: "restic" })
      expect(yield* open2({ ...account, B2_APPLICATION_KEY_ID: "half" })).toMatchObject({ keyId: "account" })
      const whole = { ...account, B2_APPLICATION_KEY_ID: "id", B2_APPLICATION_KEY: "key" }
      expect(yield* open2(whole)).toMatchObject({ keyId: "id", key: "key" })
    })
  )

  it.effect("never joins a configured key id with the key of another account", () =>
    Effect.gen(function* () {
      const configurationPath = write('[remotes.photos]\ntype = "b2"\nkeyId = "mine"\n')
      const key = { B2_APPLICATION_KEY: "key" }
      expect(yield* open("photos:", { configurationPath, environment: key })).toMatchObject({
        keyId: "mine",
        key: "key"
      })
      const same = { ...key, B2_APPLICATION_KEY_ID: "mine" }
      expect(yield* open("photos:", { configurationPath, environment: same })).toMatchObject({ key: "key" })
      const reference = write('[remotes.photos]\ntype = "b2"\nkeyId = "env:MY_ID"\n')
      const named = { ...same, MY_ID: "mine" }
      expect(yield* open("photos:", { configurationPath: reference, environment: named })).toMatchObject({ key: "key" })
      const other = { ...key, B2_APPLICATION_KEY_ID: "other" }
      const reason = yield* refusal("photos:", { configurationPath, environment: other })
      expect(reason.message).toContain('remote "photos" needs "key"')
    })
  )

  it.effect("fetches values that are kept elsewhere, for options of any kind", () =>
    Effect.gen(function* () {
      const configurationPath = write(
        '[remotes.photos]\ntype = "b2"\nkeyId = "env:MY_ID"\nkey = "file:key.txt"\nconnections = "env:MANY"\n'
      )
      fs.writeFileSync(join(folder, "key.txt"), "from file\n")
      const environment = { MY_ID: "id", MANY: "7" }
      expect(yield* open("photos:", { configurationPath, environment })).toMatchObject({
        keyId: "id",
        key: "from file",
        connections: 7
      })
    })
  )
})

describe("a file that holds a value", () => {
  it.effect("lies beside the configuration that names it, or in the working directory of the flag that does", () =>
    Effect.gen(function* () {
      const configurationPath = write('[remotes.photos]\ntype = "b2"\nkeyId = "id"\nkey = "file:secret.txt"\n')
      const directory = join(folder, "elsewhere")
      fs.mkdirSync(directory)
      fs.writeFileSync(join(folder, "secret.txt"), "beside the configuration")
      fs.writeFileSync(join(directory, "secret.txt"), "in the working directory")
      expect(yield* open("photos:", { configurationPath, directory })).toMatchObject({
        key: "beside the configuration"
      })
      expect(yield* open("photos:", { configurationPath, directory }, { key: "file:secret.txt" })).toMatchObject({
        key: "in the working directory"
      })
    })
  )
})

describe("Remotes.open refuses", () => {
  it.effect("an unknown remote, and names the known ones, the likely one and the remedy", () =>
    Effect.gen(function* () {
      const reason = yield* refusal("photo:2024", { configurationPath: write(photos) })
      expect(reason._tag).toBe("UnknownRemote")
      expect(reason).toMatchObject({
        message: 'no remote is called "photo"; did you mean "photos"? (known: photos)',
        remedy: { code: "addRemote", values: { name: "photo", path: "photo:2024" } }
      })
    })
  )

  it.effect("an unknown type, typed or configured", () =>
    Effect.gen(function* () {
      const typed = yield* refusal("s3://bucket", {})
      expect(typed._tag).toBe("UnknownType")
      expect(typed.message).toContain('knows no type "s3"')
      expect(typed.message).toContain("known: b2, local")
      const configurationPath = write('[remotes.old]\ntype = "ftp"\n')
      const configured = yield* refusal("old:", { configurationPath })
      expect(configured.message).toContain(`remote "old" (${configurationPath}:2)`)
    })
  )

  it.effect("an empty place", () =>
    Effect.gen(function* () {
      expect((yield* refusal("", {}))._tag).toBe("InvalidName")
    })
  )

  it.effect("missing credentials, and says what to set", () =>
    Effect.gen(function* () {
      const nothing = yield* refusal("b2://bucket", {})
      expect(nothing._tag).toBe("InvalidOption")
      expect(nothing).toMatchObject({
        message: 'b2://bucket needs "keyId" and "key": set B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY',
        remedy: { code: "addRemoteOfType", values: { type: "b2" } }
      })
      const half = yield* refusal("b2://bucket", { environment: { B2_KEY_ID: "id" } })
      expect(half.message).toContain("set B2_KEY (B2_KEY_ID is set)")
      const configurationPath = write('\n[remotes.photos]\ntype = "b2"\nkeyId = "id"\n')
      const configured = yield* refusal("photos:", { configurationPath })
      expect(configured.message).toContain(
        `remote "photos" needs "key": write it into ${configurationPath}, below line 2`
      )
    })
  )

  it.effect.each<readonly [string, number, string]>([
    ["hardDelet = true", 6, '"hardDelet"; did you mean "hardDelete"? (known: keyId, key, endpoint, hardDelete'],
    ['hardDelete = "true"', 6, 'option "hardDelete" must be true or false, without quotes'],
    ["endpoint = 5", 6, 'option "endpoint" must be a text in quotes'],
    ["connections = 0", 6, 'option "connections" must be']
  ])("the configured line %j, by file, line and column", ([line, at, words]) =>
    Effect.gen(function* () {
      const configurationPath = write(`${photos}${line}\n`)
      const reason = yield* refusal("photos:", { configurationPath })
      expect(reason.message).toContain(words)
      expect(reason.message).toContain(`${configurationPath}:${at}:1: `)
      expect(reason).toMatchObject({ _tag: "MalformedConfiguration", path: configurationPath, line: at, column: 1 })
    })
  )

  it.effect("a flag or a variable that is no number, without repeating it", () =>
    Effect.gen(function* () {
      const configurationPath = write(photos)
      for (const connections of ["many", "", " 4", "4 ", "4e0", "0x4", "0b100", "4n", "Infinity"]) {
        expect(yield* refusal("photos:", { configurationPath }, { connections })).toMatchObject({
          message: 'remote "photos": option "connections" must be a number',
          remedy: { code: "changeOption", values: { option: "connections" } }
        })
      }
      const positive = yield* refusal("photos:", { configurationPath }, { connections: "-1" })
      expect(positive.message).toContain('option "connections" must be')
    })
  )

  it.effect("a secret that can not be fetched, by remote, option and remedy", () =>
    Effect.gen(function* () {
      const configurationPath = write('[remotes.photos]\ntype = "b2"\nkeyId = "id"\nkey = "env:NOT_SET"\n')
      const reason = yield* refusal("photos:", { configurationPath })
      expect(reason._tag).toBe("SecretUnavailable")
      expect(reason.message).toContain(
        'remote "photos": no value for option "key": the environment variable NOT_SET is not set; set it'
      )
    })
  )
})

describe("Remotes.explain", () => {
  it.effect("says who decides each option, and no secret", () =>
    Effect.gen(function* () {
      const configurationPath = write(`${photos}hardDelete = true\n`)
      const environment = { B2_ENDPOINT: "http://127.0.0.1:1" }
      const explained = yield* using({ configurationPath, environment }, (remotes) =>
        remotes.explain("photos", { connections: 2 })
      )
      expect(explained.map(({ option, source, value, where }) => [option, source, where, value])).toEqual([
        ["keyId", "configuration", `${configurationPath}:4`, "id"],
        ["key", "configuration", `${configurationPath}:5`, "xxx"],
        ["endpoint", "environment", "B2_ENDPOINT", "http://127.0.0.1:1"],
        ["hardDelete", "configuration", `${configurationPath}:6`, "true"],
        ["connections", "flag", "connections", "2"],
        ...["rate", "workers", "requests", "retries", "dir", "debug"].map((name) => [name, "none", "", undefined])
      ])
    })
  )

  it.effect("explains a type and an address, and what they lack", () =>
    Effect.gen(function* () {
      for (const name of ["b2", "b2:", "b2://bucket"]) {
        const explained = yield* using({ environment: { B2_KEY: "topsecret" } }, (remotes) => remotes.explain(name))
        expect(explained.filter(({ isMissing }) => isMissing).map(({ option }) => option)).toEqual(["keyId", "key"])
        expect(explained.find(({ option }) => option === "hardDelete")).toMatchObject({
          source: "default",
          value: "false"
        })
      }
      const unknown = yield* Effect.flip(using({}, (remotes) => remotes.explain("nothing")))
      expect(unknown.reason._tag).toBe("UnknownRemote")
    })
  )

  it.effect("hides a secret of the environment and the line of a command, and runs no command", () =>
    Effect.gen(function* () {
      const mark = join(folder, "was-run")
      const configurationPath = write(`[remotes.photos]\ntype = "b2"\nkeyId = "id"\nkey = "command:touch ${mark}"\n`)
      const configured = yield* using({ configurationPath }, (remotes) => remotes.explain("photos"))
      expect(configured[1]?.value).toBe("command:xxx")
      expect(fs.existsSync(mark)).toBe(false)
      const environment = { B2_KEY_ID: "id", B2_KEY: "env:topsecret" }
      const [, key] = yield* using({ environment }, (remotes) => remotes.explain("b2"))
      expect(key).toMatchObject({ source: "environment", where: "B2_KEY", value: "xxx" })
    })
  )
})

describe("Remotes and its configuration file", () => {
  it.effect("adds, lists, shows and removes a remote, and leaves the rest of the file as it was", () =>
    Effect.gen(function* () {
      const configurationPath = write(photos)
      yield* using({ configurationPath }, (remotes) =>
        Effect.gen(function* () {
          yield* remotes.add("music", "b2", { keyId: "id", key: Redacted.make("topsecret"), hardDelete: true })
          expect(yield* remotes.list).toEqual([
            { name: "photos", type: "b2" },
            { name: "music", type: "b2" }
          ])
          expect(yield* remotes.show("music:")).toEqual({
            name: "music",
            type: "b2",
            line: 7,
            options: { keyId: "id", key: "xxx", hardDelete: "true" }
          })
          expect(fs.readFileSync(configurationPath, "utf8").startsWith(photos)).toBe(true)
          yield* remotes.remove("music")
          expect(fs.readFileSync(configurationPath, "utf8")).toBe(photos)
          const error = yield* Effect.flip(remotes.remove("music"))
          expect(error.reason._tag).toBe("UnknownRemote")
        })
      )
    })
  )

  it.effect("opens what it added", () =>
    Effect.gen(function* () {
      const configurationPath = join(folder, "new", "deep", "config.toml")
      yield* using({ configurationPath }, (remotes) =>
        remotes.add("music", "b2", { keyId: 'i"d', key: "text:env:odd", connections: "env:MANY" })
      )
      const environment = { MANY: "5" }
      expect(yield* open("music:x", { configurationPath, environment })).toMatchObject({
        keyId: 'i"d',
        key: "env:odd",
        connections: 5
      })
    })
  )

  it.effect.each<readonly [string, string, string, Record<string, string | boolean>, string]>([
    ["a taken name", "photos", "b2", { keyId: "id", key: "k" }, "AlreadyConfigured"],
    ["a short name", "x", "b2", { keyId: "id", key: "k" }, "InvalidName"],
    ["an unknown type", "music", "ftp", {}, "UnknownType"],
    ["an unknown option", "music", "b2", { keyId: "id", key: "k", keys: "x" }, "InvalidOption"],
    ["a missing option", "music", "b2", { keyId: "id" }, "InvalidOption"],
    ["a value of the wrong kind", "music", "b2", { keyId: "id", key: "k", hardDelete: "yes" }, "InvalidOption"],
    ["a value that the schema refuses", "music", "b2", { keyId: true, key: "k" }, "InvalidOption"]
  ])("adds nothing with %s", ([, name, type, options, tag]) =>
    Effect.gen(function* () {
      const configurationPath = write(photos)
      const error = yield* Effect.flip(using({ configurationPath }, (remotes) => remotes.add(name, type, options)))
      expect(error.reason._tag).toBe(tag)
      expect(fs.readFileSync(configurationPath, "utf8")).toBe(photos)
    })
  )

  it.effect("adds a remote whose credentials stay in the environment", () =>
    Effect.gen(function* () {
      const configurationPath = write("")
      const environment = { B2_KEY_ID: "id", B2_KEY: "k" }
      yield* using({ configurationPath, environment }, (remotes) => remotes.add("music", "b2", {}))
      expect(fs.readFileSync(configurationPath, "utf8")).toBe('[remotes.music]\ntype = "b2"\n')
    })
  )

  it.effect("finds its file in the standard place and warns when others can read it", () =>
    Effect.gen(function* () {
      const environment = { HOME: folder }
      const options = { environment, configurationPath: undefined }
      yield* using(options, (remotes) =>
        Effect.gen(function* () {
          expect(remotes.configurationFile).toBe(join(folder, ".config/ourclone/config.toml"))
          expect(yield* remotes.list).toEqual([])
          expect(yield* remotes.warnings).toEqual([])
          yield* remotes.add("music", "b2", { keyId: "id", key: "k" })
          expect(yield* remotes.warnings).toEqual([])
          fs.chmodSync(remotes.configurationFile, 0o644)
          expect((yield* remotes.warnings)[0]).toContain("chmod 600")
        })
      )
    })
  )
})
