/** What a backup is asked for: what of it is there, and what the snapshot will call it. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type { Repository } from "../repository/Repository.ts"
import { Refused, RepositoryError } from "../repository/RepositoryError.ts"
import * as SystemFailure from "../system/SystemFailure.ts"
import { bytesOf, textOf } from "./ArchiveMessages.ts"
import type { BackupOptions } from "./BackupOptions.ts"
import * as StandardInput from "./StandardInput.ts"

const refuse = (repository: Repository, message: string): RepositoryError =>
  new RepositoryError({ repository: repository.name, reason: new Refused({ message }) })

export interface BackupSources {
  /** Byte text, as given. */
  readonly targets: ReadonlyArray<string>
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

const pathOf = (given: string): string =>
  bytesOf(path.posix.resolve(textOf(Buffer.from(process.cwd())), given)).toString()

/** Fails with `Refused` when there is nothing to back up. */
export const find = (repository: Repository, options: BackupOptions): Effect.Effect<BackupSources, RepositoryError> =>
  Effect.suspend(() => {
    const { standardInput } = options
    if (standardInput !== undefined) {
      if (StandardInput.namesOf(standardInput.fileName).length === 0) {
        return Effect.fail(refuse(repository, "the name for standard input is empty: give one with --stdin-filename"))
      }
      return Effect.succeed({ targets: [], paths: [StandardInput.pathOf(standardInput.fileName)], unreachable: [] })
    }
    const given = options.paths.map((one) => textOf(Buffer.from(one)))
    const looked = given.map((target) => ({ target, path: bytesOf(target), because: obstacle(bytesOf(target)) }))
    const unreachable = looked.flatMap(({ because, path }) =>
      because === undefined ? [] : [{ path: path.toString(), because }]
    )
    const targets = looked.flatMap(({ because, target }) => (because === undefined ? [target] : []))
    if (targets.length === 0) {
      const named = unreachable.map(({ because, path }) => `"${path}": ${because}`).join("; ")
      const message = given.length === 0 ? "name what to back up" : `there is nothing to back up: ${named}`
      return Effect.fail(refuse(repository, message))
    }
    return Effect.succeed({ targets, paths: [...new Set(targets.map(pathOf))], unreachable })
  })
