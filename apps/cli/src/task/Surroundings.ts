/** Where references of the configuration lead, for runs that nobody is beside. */
import { homedir } from "node:os"
import * as Effect from "effect/Effect"
import { Streams } from "../Streams.ts"

export const surroundings = Effect.map(Streams, ({ environment }) => ({
  environment,
  home: environment.HOME || homedir(),
  directory: process.cwd()
}))
