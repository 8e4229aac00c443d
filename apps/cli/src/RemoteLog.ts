/** The log of a remote that says `debug = true`: all its traffic, each secret as `xxx`, for its owner alone. */
import * as fs from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import * as StandardPaths from "@ourclone/core/machine/StandardPaths"
import * as Effect from "effect/Effect"
import * as DebugLog from "./DebugLog.ts"
import type { StreamsShape } from "./Streams.ts"

/** Opens `<name>.<time>.log` in the state folder until the scope closes. A log that can not be written is said, and left out. */
export const opener = (
  words: ReadonlyArray<string>,
  factories: ReadonlyArray<ProviderFactory>,
  streams: StreamsShape
) =>
  Effect.fnUntraced(function* (name: string) {
    const { environment, writeError } = streams
    const scrub = yield* DebugLog.scrubberOf(words, factories, environment)
    const folder = StandardPaths.stateDirectory(environment, environment.HOME || homedir())
    const time = new Date().toISOString().replaceAll(":", "-")
    const path = join(folder, `${name.replace(/[^\w.-]/g, "_")}.${time}.log`)
    const open = Effect.sync(() => {
      try {
        makeFolder(folder)
        return fs.openSync(path, "a", 0o600)
      } catch (error) {
        writeError(`there is no log of ${name}: ${error instanceof Error ? error.message : String(error)}\n`)
        return undefined
      }
    })
    const descriptor = yield* Effect.acquireRelease(open, (opened) =>
      Effect.sync(() => {
        if (opened !== undefined) fs.closeSync(opened)
      })
    )
    let isOpen = descriptor !== undefined
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        isOpen = false
      })
    )
    return (line: string): void => {
      if (isOpen && descriptor !== undefined) {
        fs.writeSync(descriptor, `${new Date().toISOString()} ${scrub(line)}\n`)
      }
    }
  })
