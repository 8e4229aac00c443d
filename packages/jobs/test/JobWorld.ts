/** A machine for jobs in a test: its own folder, remotes of this machine, and a record of what runs tell. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import type { Envelope } from "@ourclone/core/events/Envelope"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { onTestFinished } from "vitest"
import type { JobError } from "../src/kind/JobError.ts"
import type { JobKind } from "../src/kind/JobKind.ts"
import { type Surroundings, ThisMachine } from "../src/kind/Surroundings.ts"
import * as RunHere from "../src/run/RunHere.ts"

export interface RunSettings {
  readonly isPreview?: boolean
  readonly events?: Array<Envelope>
  readonly cancelledBy?: () => string
}

export interface JobWorld {
  readonly folder: string
  readonly at: (name: string) => string
  readonly write: (name: string, content: string) => void
  readonly list: (name: string) => ReadonlyArray<string>
  readonly layer: Layer.Layer<Surroundings>
  /** What a run gives, and every event of it, into `events`. */
  readonly run: <Request, Summary>(
    kind: JobKind<string, Request, Summary>,
    request: Request,
    options?: RunSettings
  ) => Effect.Effect<Summary, JobError>
}

export const makeWorld = (factories: ReadonlyArray<ProviderFactory> = [local]): JobWorld => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-jobs-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const at = (name: string) => path.join(folder, name)
  const environment = { HOME: folder, OURCLONE_CONFIG: at("config.toml") }
  const machine = {
    stateDirectory: at("state"),
    cacheDirectory: at("cache"),
    home: folder,
    program: "ourclone 0.0.0"
  }
  const layer = Layer.mergeAll(
    Layer.succeed(ThisMachine, machine),
    Remotes.layer({ factories, environment, directory: folder })
  )
  return {
    folder,
    at,
    layer,
    write: (name, content) => {
      fs.mkdirSync(path.dirname(at(name)), { recursive: true })
      fs.writeFileSync(at(name), content)
    },
    list: (name) =>
      fs
        .readdirSync(at(name), { recursive: true, encoding: "utf8", withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => path.relative(at(name), path.join(entry.parentPath, entry.name)))
        .sort(),
    run: (kind, request, { cancelledBy, events = [], isPreview = false } = {}) =>
      RunHere.run(kind, request, {
        sink: (batch) => Effect.sync(() => void events.push(...batch)),
        secrets: new Map(),
        isPreview,
        ...(cancelledBy === undefined ? {} : { cancelledBy })
      }).pipe(
        Effect.catchTag("SinkFailed", (error) => Effect.die(error)),
        Effect.provide(layer)
      )
  }
}
