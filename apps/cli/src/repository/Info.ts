/** `repo info`: what a repository is, without reading what is in it. */
import * as LockFile from "@ourclone/backup/format/LockFile"
import type { FileType } from "@ourclone/backup/format/RepositoryFile"
import * as Locks from "@ourclone/backup/repository/Locks"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Amount from "../Amount.ts"
import { printable } from "../PrintableText.ts"
import type { ReadingInput } from "../RepositoryFlags.ts"
import { open } from "./OpenedRepository.ts"
import { command } from "./RepositoryCommand.ts"

const types: ReadonlyArray<FileType> = ["snapshots", "index", "data", "keys"]

const names: { readonly [type in FileType]: string } = {
  snapshots: "snapshots",
  index: "index files",
  data: "packs",
  keys: "keys",
  locks: "locks"
}

export const run = (flags: ReadingInput) =>
  command(
    Effect.fnUntraced(function* (output) {
      const repository = yield* open(output, flags)
      const { id, polynomial, version } = repository.config
      const counted = yield* Effect.forEach(types, (type) =>
        Stream.runFold(
          repository.list(type),
          () => ({ type, files: 0, bytes: 0 }),
          (sum, { size }) => ({ type, files: sum.files + 1, bytes: sum.bytes + size })
        )
      )
      const now = Date.now()
      const locks = (yield* Locks.list(repository)).map(({ id: lock, isStale, lock: holder }) => ({
        id: lock,
        holder: holder === undefined ? "unreadable" : LockFile.describe(holder, now),
        stale: isStale
      }))
      if (output.isJson) {
        const files = Object.fromEntries(
          counted.map(({ bytes, files: count, type }) => [type, { files: count, bytes }])
        )
        return output.json({
          message_type: "repository",
          id,
          version,
          chunker_polynomial: polynomial.toString(16),
          key: repository.keyId,
          ...files,
          locks
        })
      }
      output.line(`id          ${id}`)
      output.line(`version     ${version}`)
      output.line(`place       ${printable(repository.name)}`)
      output.line(`key         ${repository.keyId.slice(0, 8)}`)
      for (const { bytes, files, type } of counted) {
        output.line(`${names[type].padEnd(12)}${Amount.count(files)} (${Amount.bytes(bytes)})`)
      }
      for (const { holder, stale } of locks)
        output.line(`lock        ${printable(holder)}${stale ? ", left over" : ""}`)
    })
  )
