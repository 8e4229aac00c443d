/** The third folder of a request, whose files need not come from the source. */

import type { Elsewhere } from "@ourclone/core/engine/Elsewhere"
import * as Guard from "@ourclone/core/engine/Guard"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import { InvalidJob } from "../kind/JobError.ts"
import { holdsSomething } from "../place/FileOrFolder.ts"
import { open } from "../place/OpenPlace.ts"
import type { Sides } from "./Sides.ts"
import { givenOf, type Transferring } from "./TransferFields.ts"

export const refusal = ({ compareDest, copyDest }: Transferring): InvalidJob | undefined =>
  compareDest === undefined || copyDest === undefined
    ? undefined
    : new InvalidJob({ field: "copyDest", message: "it does not go with a folder whose files are passed over" })

/** None where the request names none. Fails where files are to be copied from it and the service can not. */
export const elsewhereOf = Effect.fnUntraced(function* (request: Transferring, { destination }: Sides, tell: Tell) {
  const { compareDest, copyDest } = request
  const text = copyDest ?? compareDest
  if (text === undefined) return undefined
  const provider = yield* open(text, tell, givenOf(request))
  const copies = copyDest !== undefined
  if (copies && (destination.copy === undefined || provider.place.account !== destination.place.account)) {
    const message = `nothing is copied from ${provider.name} to ${destination.name} without bringing it here; name a folder of the destination's account, on a service that copies`
    return yield* new InvalidJob({ field: "copyDest", message })
  }
  if (Guard.overlap(provider, destination) !== undefined) {
    const message = `${provider.name}, which is only looked into, and ${destination.name} lie in each other; choose a folder apart`
    return yield* new Guard.GuardStopped({ guard: "overlap", message })
  }
  const holds = holdsSomething({ _tag: "Folder", provider }).pipe(
    Effect.catchReason("StorageError", "NotFound", () => Effect.succeed(false))
  )
  if (!(yield* holds)) {
    const message = `there is nothing in ${provider.name}, so every file comes from the source`
    tell.fact({ _tag: "Note", code: "nothingElsewhere", message })
  }
  const elsewhere: Elsewhere = { provider, copies }
  return elsewhere
})
