import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted, Schema } from "effect"
import type { Provider } from "../../src/contract/Provider.ts"
import * as ProviderFactory from "../../src/contract/ProviderFactory.ts"
import { specification } from "../../src/contract/Specification.ts"

const opened: Array<unknown> = []

const factory = ProviderFactory.make({
  type: "b2",
  description: "Backblaze B2",
  options: Schema.Struct({
    keyId: Schema.String.annotate({ description: "Application key id" }),
    key: Schema.Redacted(Schema.String).annotate({ description: "Application key" }),
    endpoint: Schema.optionalKey(Schema.String).annotateKey({ description: "Another server" }),
    hardDelete: Schema.Boolean.annotate({ description: "Delete for good" }).pipe(
      Schema.withDecodingDefaultKey(Effect.succeed(false))
    ),
    connections: Schema.Int.check(Schema.isGreaterThan(0)).pipe(Schema.withDecodingDefaultKey(Effect.succeed(4))),
    mode: Schema.optionalKey(Schema.Literals(["native", "s3"]))
  }),
  environment: [{ keyId: "B2_KEY_ID", key: "B2_KEY" }, { endpoint: "B2_ENDPOINT" }],
  placeOptions: ["hardDelete"],
  connect: ({ connections, key, keyId }, name) => {
    opened.push({ keyId, key: Redacted.value(key), connections, name })
    return Effect.succeed({ id: "b2:1" })
  },
  open: (_, at, { hardDelete }) => {
    opened.push({ hardDelete, ...at })
    return Effect.succeed({ specification, name: `${at.name}${at.location}` } as Provider)
  }
})

const at = { name: "b2://", location: "bucket" }
const good = { keyId: "id", key: Redacted.make("secret") }

describe("ProviderFactory", () => {
  it("describes every option as its schema does", () => {
    const shown = factory.options.map((field) => [field.name, field.flag, field.kind, field.isRequired])
    expect(shown).toEqual([
      ["keyId", "key-id", "text", true],
      ["key", "key", "secret", true],
      ["endpoint", "endpoint", "text", false],
      ["hardDelete", "hard-delete", "boolean", false],
      ["connections", "connections", "number", false],
      ["mode", "mode", "text", false]
    ])
    expect(factory.options.map((field) => field.defaultValue)).toEqual([
      undefined,
      undefined,
      undefined,
      false,
      4,
      undefined
    ])
    expect(factory.options[1]?.description).toBe("Application key")
    expect(factory.options[2]?.description).toBe("Another server")
    expect(factory.options[3]?.description).toBe("Delete for good")
    expect(factory.options[5]?.choices).toEqual(["native", "s3"])
  })

  it.effect("opens with decoded options and defaults", () =>
    Effect.gen(function* () {
      opened.length = 0
      const provider = yield* ProviderFactory.open(factory, { ...good, connections: 9 }, at)
      expect(provider.name).toBe("b2://bucket")
      expect(opened).toEqual([
        { keyId: "id", key: "secret", connections: 9, name: "b2://bucket" },
        { hardDelete: false, ...at }
      ])
    })
  )

  it("names every option that is missing or wrong, and no value", () => {
    expect(factory.check(good)).toEqual([])
    const issues = factory.check({ key: "K005leaked", connections: 0, mode: "ftp" })
    expect(issues.map((issue) => issue.option).sort()).toEqual(["connections", "key", "keyId", "mode"])
    expect(issues.find((issue) => issue.option === "keyId")?.message).toBe("is missing")
    expect(issues.find((issue) => issue.option === "mode")?.message).toBe('must be "native" | "s3"')
    expect(JSON.stringify(issues)).not.toContain("K005leaked")
  })

  it.effect("fails to open with options that do not pass", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ProviderFactory.open(factory, { keyId: "id" }, at))
      expect(error.reason._tag).toBe("InvalidRequest")
      expect(error.message).toBe('b2://bucket: option "key" is missing')
    })
  )

  it.effect("opens several places of one account, each with options of its own", () =>
    Effect.gen(function* () {
      opened.length = 0
      const account = yield* factory.connect(good, "b2:")
      expect(account.id).toBe("b2:1")
      yield* ProviderFactory.openPlace(account, at, good)
      yield* ProviderFactory.openPlace(account, { ...at, location: "other" }, { ...good, hardDelete: true })
      expect(opened.slice(1)).toEqual([
        { hardDelete: false, ...at },
        { hardDelete: true, ...at, location: "other" }
      ])
    })
  )

  it.effect("refuses a factory and a provider of another number of the contract, by name", () =>
    Effect.gen(function* () {
      const newer = { ...factory, specification: 2 } as unknown as ProviderFactory.ProviderFactory
      const ofFactory = yield* Effect.flip(ProviderFactory.open(newer, good, at))
      expect(ofFactory.message).toContain('the provider type "b2" keeps number 2 of the provider contract')
      const account = { id: "b2:1", open: () => Effect.succeed({ name: "old" } as Provider) }
      const ofProvider = yield* Effect.flip(ProviderFactory.openPlace(account, at, good))
      expect(ofProvider.message).toContain("the provider of b2://bucket keeps number none of the provider contract")
    })
  )

  it("refuses a schema that no flag could show", () => {
    expect(() =>
      ProviderFactory.make({
        type: "odd",
        description: "odd",
        options: Schema.Struct({ nested: Schema.Struct({}) }),
        connect: () => Effect.never,
        open: () => Effect.never
      })
    ).toThrow('option "nested" must be')
  })
})
