/**
 * How far above the floor a contender is: the bare primitives on the same bytes,
 * in one thread of a Node process. Nothing is sent, planned, compared or cut into
 * chunks there, so no program gets as low.
 */
import * as path from "node:path"
import type { Step } from "./limit/Step.ts"
import { type Measurement, measure } from "./Measure.ts"

export const limitName = "limit"

const program = path.join(import.meta.dirname, "limit", "main.ts")

/** Does `steps` in one process. */
export const measureLimit = (
  steps: ReadonlyArray<Step>,
  environment: Readonly<Record<string, string>> = {}
): Promise<Measurement> => measure([process.execPath, program, JSON.stringify(steps)], environment)
