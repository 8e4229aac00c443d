/** `remote import`: what another program knows of storages. Nothing is written before it was shown what would be. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as SystemFailure from "@ourclone/backup/system/SystemFailure"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { printable } from "@ourclone/core/events/PrintableText"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as ExitCode from "../ExitCode.ts"
import * as Output from "../Output.ts"
import { askExactly } from "../Prompt.ts"
import { Streams } from "../Streams.ts"
import * as B2AccountImport from "./B2AccountImport.ts"
import { fromHashBackup } from "./HashBackupImport.ts"
import { ImportError, type Imported } from "./Imported.ts"
import * as RcloneFile from "./RcloneFile.ts"
import { fromRclone } from "./RcloneImport.ts"
import { fromRestic, isRestic, variablesOf } from "./ResticImport.ts"

/** In bytes: larger than any of these files. */
const mostBytes = 64 * 1024 * 1024

type Environment = Readonly<Record<string, string | undefined>>

/** Where these programs keep their files, the first that is there. */
const usualFile = (environment: Environment): string | undefined => {
  const home = environment.HOME || os.homedir()
  const configs = environment.XDG_CONFIG_HOME || path.join(home, ".config")
  return [
    environment.RCLONE_CONFIG,
    path.join(configs, "rclone", "rclone.conf"),
    path.join(home, ".rclone.conf"),
    environment.B2_ACCOUNT_INFO,
    path.join(home, ".b2_account_info"),
    path.join(configs, "b2", "account_info")
  ].find((file) => file !== undefined && file !== "" && fs.existsSync(file))
}

const readFile = (file: string) =>
  Effect.try({
    try: () => {
      if (fs.statSync(file).size > mostBytes) throw new ImportError("it is larger than any file of these programs")
      return fs.readFileSync(file)
    },
    catch: (error) => ExitCode.usage(`${file} can not be read: ${SystemFailure.textOf(error)}`)
  })

const parsed = <A>(file: string, parse: () => A) =>
  Effect.try({
    try: parse,
    catch: (error) => {
      if (!(error instanceof ImportError)) throw error
      return ExitCode.usage(`${file}: ${error.message}`)
    }
  })

const rclone = Effect.fnUntraced(function* (file: string, text: string, environment: Environment) {
  if (!(yield* parsed(file, () => RcloneFile.isEncrypted(text)))) {
    return yield* parsed(file, () => fromRclone(RcloneFile.sectionsOf(text)))
  }
  const streams = yield* Streams
  const given = environment.RCLONE_CONFIG_PASS
  if (given === undefined && !(streams.isInputTerminal && streams.isErrorTerminal)) {
    return yield* ExitCode.usage(`${file} is encrypted: give its password in RCLONE_CONFIG_PASS`)
  }
  const password = Redacted.make(given ?? (yield* askExactly(`Password of ${printable(file)}`, true)))
  const { default: sodium } = yield* Effect.promise(() => import("sodium-native"))
  return yield* parsed(file, () =>
    fromRclone(RcloneFile.sectionsOf(RcloneFile.decrypt(text, Redacted.value(password), sodium)))
  )
})

/** By what is in it, whatever it is called. */
const read = Effect.fnUntraced(function* (file: string, environment: Environment) {
  const bytes = yield* readFile(file)
  if (bytes.toString("latin1", 0, B2AccountImport.magic.length) === B2AccountImport.magic) {
    return yield* parsed(file, () => B2AccountImport.fromB2Account(file))
  }
  const text = bytes.toString("utf8")
  if (/^\s*destname\s/m.test(text)) return fromHashBackup(text)
  if (/^\s*\[.+\]\s*$/m.test(text) || text.includes("RCLONE_ENCRYPT_V")) return yield* rclone(file, text, environment)
  const variables = variablesOf(text)
  if (isRestic(variables)) return fromRestic(variables)
  return yield* ExitCode.usage(
    `${file} is none of rclone's configuration, HashBackup's dest.conf, the b2 tool's account file, or restic's environment`
  )
})

const secretText = (value: unknown): string => (Redacted.isRedacted(value) ? "xxx" : String(value))

export const run = Effect.fnUntraced(function* (flags: {
  readonly file: string | undefined
  readonly dryRun: boolean
}) {
  const output = yield* Output.make
  const remotes = yield* Remotes
  const { environment } = yield* Streams
  const file = flags.file ?? usualFile(environment)
  if (file === undefined) {
    return yield* ExitCode.usage(
      "no file of rclone or the b2 tool is in its usual place; name one: ourclone remote import FILE"
    )
  }
  const imported: Imported = yield* read(file, environment)
  const taken = new Set((yield* remotes.list).map(({ name }) => name))
  const refused = [...imported.refused]
  let added = 0
  for (const { name, notes, options, type } of imported.remotes) {
    if (taken.has(name)) {
      refused.push({ name, because: "a remote of this name is configured already" })
      continue
    }
    taken.add(name)
    const failure = flags.dryRun
      ? undefined
      : yield* Effect.match(remotes.add(name, type, options), {
          onFailure: (error) => error.message,
          onSuccess: () => undefined
        })
    if (failure !== undefined) {
      refused.push({ name, because: failure })
      continue
    }
    added++
    if (output.isJson) {
      const shown = Object.fromEntries(Object.entries(options).map(([option, value]) => [option, secretText(value)]))
      output.json({ _tag: "ImportedRemote", name, type, options: shown, notes })
      continue
    }
    const given = Object.entries(options).map(([option, value]) => `${option} = ${secretText(value)}`)
    output.line(`${flags.dryRun ? "would add" : "added"} ${printable(name)}: (${type}; ${printable(given.join(", "))})`)
    for (const note of notes) output.line(`  ${printable(note)}`)
  }
  for (const { because, name } of refused) {
    if (output.isJson) output.json({ _tag: "NotImported", name, because })
    else output.line(`not taken over: ${printable(name)}: ${printable(because)}`)
  }
  if (added === 0) {
    const message = `nothing of ${printable(file)} (${imported.program}) could be taken over`
    return yield* new ExitCode.CommandStopped({ code: ExitCode.failed, message })
  }
  if (!flags.dryRun) output.note(`wrote ${added} ${added === 1 ? "remote" : "remotes"} to ${remotes.configurationFile}`)
}, Effect.scoped)
