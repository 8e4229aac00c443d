/** What a backup is asked for: what of it is there, and what the snapshot will call it. */
import * as fs from "node:fs"
import * as path from "node:path"
import { type Remedy, remedyField } from "@ourclone/core/contract/Remedy"
import * as Effect from "effect/Effect"
import type { Repository } from "../repository/Repository.ts"
import { Refused, RepositoryError } from "../repository/RepositoryError.ts"
import { remedy } from "../repository/RepositoryRemedies.ts"
import * as SystemFailure from "../system/SystemFailure.ts"
import { bytesOf, textOf } from "./ArchiveMessages.ts"
import type { BackupOptions } from "./BackupOptions.ts"
import * as StandardInput from "./StandardInput.ts"

const refuse = (repository: Repository, message: string, advice?: Remedy): RepositoryError => {
  const reason = new Refused({ message, ...remedyField(advice) })
  return new RepositoryError({ repository: repository.name, reason })
}

export interface BackupSources {
  /** Byte text, as given. */
  readonly targets: ReadonlyArray<string>
  /** Byte text: where relative ones begin. */
  readonly directory: string
  /** What the snapshot says. */
  readonly paths: ReadonlyArray<string>
  readonly unreachable: ReadonlyArray<{ readonly path: string; readonly because: string }>
}

/** Why nobody can look at it; `undefined` where somebody can. */
const obstacle = (path: Buffer): string | undefined => {
  try {
    fs.lstatSync(path)
    return undefined
  } catch (error) {
    return SystemFailure.textOf(error)
  }
}

/** Everything that was there turned out to be excluded. */
export const empty = (repository: Repository, paths: ReadonlyArray<string>): RepositoryError => {
  const named = paths.map((one) => `"${one}"`).join(", ")
  return refuse(repository, `the snapshot would be empty: nothing is in ${named}, or all of it is excluded`)
}

/** Fails with `Refused` when there is nothing to back up, or when a relative path begins nowhere. */
export const find = (repository: Repository, options: BackupOptions): Effect.Effect<BackupSources, RepositoryError> =>
  Effect.suspend(() => {
    const { standardInput } = options
    const directory = textOf(Buffer.from(options.directory ?? "/"))
    if (standardInput !== undefined) {
      if (StandardInput.namesOf(standardInput.fileName).length === 0) {
        return Effect.fail(refuse(repository, "the name for standard input is empty", remedy("nameStandardInput")))
      }
      return Effect.succeed({
        targets: [],
        directory,
        paths: [StandardInput.pathOf(standardInput.fileName)],
        unreachable: []
      })
    }
    const given = options.paths.map((one) => textOf(Buffer.from(one)))
    const relative = given.find((target) => !path.posix.isAbsolute(target))
    if (relative !== undefined && options.directory === undefined) {
      return Effect.fail(
        refuse(repository, `"${bytesOf(relative)}" is a relative path, and nothing says of which folder`)
      )
    }
    const placeOf = (target: string): Buffer => bytesOf(path.posix.resolve(directory, target))
    const looked = given.map((target) => ({ target, because: obstacle(placeOf(target)) }))
    const unreachable = looked.flatMap(({ because, target }) =>
      because === undefined ? [] : [{ path: bytesOf(target).toString(), because }]
    )
    const targets = looked.flatMap(({ because, target }) => (because === undefined ? [target] : []))
    if (targets.length === 0) {
      const named = unreachable.map(({ because, path }) => `"${path}": ${because}`).join("; ")
      const message = given.length === 0 ? "name what to back up" : `there is nothing to back up: ${named}`
      return Effect.fail(refuse(repository, message))
    }
    const paths = [...new Set(targets.map((target) => placeOf(target).toString()))]
    return Effect.succeed({ targets, directory, paths, unreachable })
  })
