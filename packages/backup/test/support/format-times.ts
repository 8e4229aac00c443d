/** A program: prints instants, given as JSON pairs of seconds and nanoseconds, in the zone of its `TZ`. */
import { makeFormat } from "../../src/go/LocalTime.ts"

const format = makeFormat()
const instants: ReadonlyArray<readonly [number, number]> = JSON.parse(process.argv[2] ?? "[]")
console.log(JSON.stringify(instants.map(([seconds, nanoseconds]) => format(seconds, nanoseconds))))
