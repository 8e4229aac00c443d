/** Texts for a log without secrets: what is known to be one, and what looks like one, becomes `xxx`. */
import * as Effect from "effect/Effect"
import * as Toml from "effect/encoding/Toml"
import * as Result from "effect/Result"
import type { ProviderFactory } from "../contract/ProviderFactory.ts"
import type { Environment } from "../machine/StandardPaths.ts"
import * as ConfigurationFile from "./ConfigurationFile.ts"
import * as Secret from "./Secret.ts"

/** Authorization headers and parameters, and fields that hold keys, tokens or passwords. */
const credential =
  /((?:authorization(?:Token)?|application_?key(?!_?id)|secret\w*|password|token|x-amz-(?:signature|security-token))["']?\s*[:=]\s*["']?(?:(?:Basic|Bearer)\s+)?)[^\s"',;&}]+/gi

/** Short values would blank out ordinary text. */
const shortestSecret = 6

/** A function that replaces `secrets`, and what looks like one, by `xxx`. */
export const make = (secrets: Iterable<string>): ((text: string) => string) => {
  const known = [...new Set(secrets)]
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .sort((left, right) => right.length - left.length)
  return (text) => known.reduce((line, secret) => line.replaceAll(secret, "xxx"), text).replace(credential, "$1xxx")
}

/** Secret in tables of other things than remotes; an address alone may open what it leads to. */
const secretFields: { readonly [table: string]: ReadonlyArray<string> } = {
  repositories: ["password"],
  notifications: ["url", "secret", "token", "password"]
}

const ofTables = (text: string): ReadonlyArray<unknown> => {
  const all: { readonly [table: string]: unknown } = Result.getOrElse(Toml.parse(text), () => ({}))
  return Object.entries(secretFields).flatMap(([name, fields]) =>
    Object.values(all[name] ?? {}).flatMap((table) => fields.map((field) => Object(table)[field]))
  )
}

/** What the configuration holds in place, and what the environment holds for the types of `factories`. */
export const secretsOf = (
  configurationFile: string,
  factories: ReadonlyArray<ProviderFactory>,
  environment: Environment
): Effect.Effect<ReadonlyArray<string>> =>
  ConfigurationFile.read(configurationFile).pipe(
    Effect.map(({ remotes, text }) => {
      const configured = [...remotes.values()].flatMap(({ options, type }) => {
        const known = factories.find((factory) => factory.type === type)?.options
        // What no type here knows could be a secret.
        return Object.entries(options)
          .filter(([name]) => (known?.find((option) => option.name === name)?.kind ?? "secret") === "secret")
          .map(([, value]) => value)
      })
      return [...configured, ...ofTables(text)]
    }),
    Effect.catch(() => Effect.succeed([])),
    Effect.map((configured) => {
      const given = factories.flatMap(({ environment: sets, options }) =>
        options
          .filter(({ kind }) => kind === "secret")
          .flatMap(({ name }) => sets.map((set) => environment[set[name] ?? ""]))
      )
      const all = [...configured, ...given, environment.OURCLONE_PASSWORD, environment.RESTIC_PASSWORD]
      return all.flatMap((value) => (typeof value === "string" ? (Secret.inPlace(value) ?? []) : []))
    })
  )
