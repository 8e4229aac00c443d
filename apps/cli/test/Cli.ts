/** The command line in this process, with streams a test can read. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { Effect } from "effect"
import { onTestFinished } from "vitest"
import { factories } from "../src/Factories.ts"
import * as Program from "../src/Program.ts"

export interface Ran {
  readonly code: number
  readonly out: string
  readonly error: string
}

export interface Cli {
  /** A new folder, and the configuration and state of the runs. */
  readonly folder: string
  readonly configuration: string
  /** Words, and variables of the environment, that begin with `@/` are paths in the folder. */
  readonly run: (...words: ReadonlyArray<string>) => Promise<Ran>
  /** Writes a file of the folder; `modifiedAt` in milliseconds. */
  readonly write: (name: string, content: string, modifiedAt?: number) => void
  readonly read: (name: string) => string
  /** Gives a file of the folder a size in bytes; what is added takes no room. */
  readonly truncate: (name: string, size: number) => void
  /** Every path below a folder of the folder, sorted. */
  readonly list: (name: string) => ReadonlyArray<string>
}

export const makeCli = (
  options: {
    readonly environment?: { readonly [variable: string]: string }
    readonly factories?: ReadonlyArray<ProviderFactory>
    readonly isErrorTerminal?: boolean
    readonly columns?: number
  } = {}
): Cli => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-cli-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const configuration = path.join(folder, "settings", "config.toml")
  const at = (name: string): string => path.join(folder, name)
  const inFolder = (word: string): string => (word.startsWith("@/") ? at(word.slice(2)) : word)
  const run = async (...words: ReadonlyArray<string>): Promise<Ran> => {
    const out: Array<Buffer> = []
    let error = ""
    const code = await Effect.runPromise(
      Program.run({
        words: words.map(inFolder),
        factories: options.factories ?? factories,
        streams: {
          writeOut: (text) => void out.push(Buffer.from(text)),
          writeError: (text) => {
            error += text
          },
          drained: (done) => done(),
          isBehind: () => false,
          isInputTerminal: false,
          isErrorTerminal: options.isErrorTerminal ?? false,
          size: () => ({ columns: options.columns ?? 80, rows: 24 }),
          environment: {
            HOME: folder,
            XDG_STATE_HOME: at("state"),
            OURCLONE_CONFIG: configuration,
            XDG_CACHE_HOME: at("cache"),
            ...Object.fromEntries(
              Object.entries(options.environment ?? {}).map(([name, value]) => [name, inFolder(value)])
            )
          }
        }
      })
    )
    return { code, out: Buffer.concat(out).toString(), error }
  }
  return {
    folder,
    configuration,
    run,
    write: (name, content, modifiedAt) => {
      fs.mkdirSync(path.dirname(at(name)), { recursive: true })
      fs.writeFileSync(at(name), content)
      if (modifiedAt !== undefined) fs.utimesSync(at(name), modifiedAt / 1000, modifiedAt / 1000)
    },
    read: (name) => fs.readFileSync(at(name), "utf8"),
    truncate: (name, size) => fs.truncateSync(at(name), size),
    list: (name) =>
      fs
        .readdirSync(at(name), { recursive: true, encoding: "utf8", withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => path.relative(at(name), path.join(entry.parentPath, entry.name)))
        .sort()
  }
}
