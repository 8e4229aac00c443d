/** `tag`: other tags for snapshots. */
import * as Tag from "@ourclone/backup/care/Tag"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { JobKind } from "../kind/JobKind.ts"
import { tagging } from "./CareFields.ts"
import { access, count, locking, snapshotChoice } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as SelectedSnapshots from "./SelectedSnapshots.ts"

export const Request = Schema.Struct({
  ...access,
  ...locking,
  ...snapshotChoice,
  ...tagging
})
export type Request = typeof Request.Type

export const Summary = Schema.Struct({ changed: count })
export type Summary = typeof Summary.Type

const refuse = ({ add = [], remove = [], set = [] }: Request): InvalidJob | undefined => {
  const others = add.length + remove.length
  if (set.length + others === 0) return new InvalidJob({ message: "no tags are named" })
  if (set.length === 0 || others === 0) return undefined
  return new InvalidJob({ field: "set", message: "it does not go with tags that are added or taken away" })
}

export const kind: JobKind<"tag", Request, Summary> = {
  type: "tag",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  refuse,
  run: Effect.fnUntraced(function* (request, beside) {
    const { tell } = beside
    const repository = yield* OpenedRepository.open(request, beside)
    const working = Effect.gen(function* () {
      let changed = 0
      for (const snapshot of yield* SelectedSnapshots.select(repository, request, tell)) {
        const change = yield* Tag.change(repository, snapshot, request)
        if (change === undefined) continue
        changed++
        tell.fact({ _tag: "Done", deed: "updated", item: change.oldId, values: { by: change.snapshot.id } })
      }
      return { changed }
    })
    return yield* OpenedRepository.locked(repository, request, "exclusive", tell, working)
  })
}
