/** Loading the code of a command when it runs, so that the others start sooner. */
import * as Effect from "effect/Effect"

export const lazily = <Module, A, E, R>(
  load: () => Promise<Module>,
  run: (module: Module) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => Effect.flatMap(Effect.promise(load), run)
