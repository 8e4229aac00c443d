/** What the command line loads of the service, each part when it is asked for. */
import * as Effect from "effect/Effect"
import type { ServeOptions } from "./Serve.ts"
import type { SideMainOptions } from "./side/SideMain.ts"

export { ServeFailed } from "./ServeFailed.ts"

/** Runs the service until it is interrupted. */
export const serve = (options: ServeOptions) =>
  Effect.flatMap(
    Effect.promise(() => import("./Serve.ts")),
    (module) => module.serve(options)
  )

/** See `state/SavedState.ts`. */
export const saveState = (...given: Parameters<typeof import("./state/SavedState.ts")["save"]>) =>
  Effect.flatMap(
    Effect.promise(() => import("./state/SavedState.ts")),
    (module) => module.save(...given)
  )
export const loadState = (...given: Parameters<typeof import("./state/SavedState.ts")["load"]>) =>
  Effect.flatMap(
    Effect.promise(() => import("./state/SavedState.ts")),
    (module) => module.load(...given)
  )
export const isStateEncrypted = (file: string) =>
  Effect.flatMap(
    Effect.promise(() => import("./state/SavedState.ts")),
    (module) => module.isEncrypted(file)
  )

/** Runs the process that works beside it. */
export const side = (options: SideMainOptions) =>
  Effect.flatMap(
    Effect.promise(() => import("./side/SideMain.ts")),
    (module) => module.main(options)
  )
