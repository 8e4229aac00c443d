/** Divides what an account may use among the runners that use it. */
import type { SharedAccount } from "@ourclone/core/accounts/Accounts"
import type { ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { TaskStore } from "../store/TaskStore.ts"
import { leaseMillis } from "./Journaling.ts"

const lookMillis = 1_000

/** Counts this process among the users of each account that it is told of, until the scope closes. */
export const make =
  (store: TaskStore, owner: ProcessIdentity) =>
  ({ id, setUsers }: SharedAccount): Effect.Effect<void, never, Scope.Scope> => {
    const look = Effect.ignore(Effect.flatMap(store.share(id, owner, leaseMillis), setUsers))
    return Effect.acquireRelease(look, () => Effect.ignore(store.unshare(id, owner))).pipe(
      Effect.andThen(Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(lookMillis), look)))),
      Effect.asVoid
    )
  }
