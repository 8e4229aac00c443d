/** `repo info`: what a repository is, without reading what is in it. */

import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import { kind, type Row } from "@ourclone/jobs/repository/InfoQuery"
import * as Effect from "effect/Effect"
import type { Output } from "../Output.ts"
import type { ReadingInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf } from "./RepositoryRequest.ts"

const names = { snapshots: "snapshots", index: "index files", data: "packs", keys: "keys" } as const
const types = ["snapshots", "index", "data", "keys"] as const

const toJson = ({ chunkerPolynomial, data, id, index, key, keys, locks, snapshots, version }: Row) => ({
  message_type: "repository",
  id,
  version,
  chunker_polynomial: chunkerPolynomial,
  key,
  snapshots,
  index,
  data,
  keys,
  locks
})

const print = (output: Output, row: Row): void => {
  output.line(`id          ${row.id}`)
  output.line(`version     ${row.version}`)
  output.line(`place       ${printable(row.place)}`)
  output.line(`key         ${row.key.slice(0, 8)}`)
  for (const type of types) {
    const { bytes, files } = row[type]
    output.line(`${names[type].padEnd(12)}${Amount.count(files)} (${Amount.bytes(bytes)})`)
  }
  for (const { holder, stale } of row.locks)
    output.line(`lock        ${printable(holder)}${stale ? ", left over" : ""}`)
}

export const run = (flags: ReadingInput) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessOf(flags)
      for (const row of yield* RepositoryJob.rows(output, kind, access, { passwords })) {
        if (output.isJson) output.json(toJson(row))
        else print(output, row)
      }
    })
  )
