/**
 * `npm run exec node tooling/trials/divided-sync.ts [-- --files N --latency 100ms --least 1.8]`: a sync from one emulator of B2 to
 * another, by one runner and by three that share their tasks on Postgres, each with one hand. Says how long each took, and the CPU
 * time of the emulators; ends with 1 where three are not `least` times as fast as one, or something is not as it should be.
 */
import * as os from "node:os"
import { parseArgs } from "node:util"
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import { build, ownRoot } from "../bench/Checkout.ts"
import { withMachines } from "./Machines.ts"

const { values } = parseArgs({
  options: {
    files: { type: "string", default: "4000" },
    latency: { type: "string", default: "100ms" },
    least: { type: "string", default: "1.8" }
  }
})
const files = Number(values.files)
const [command = "", ...words] = build(ownRoot).program
/** As many as a transfer has without being told. */
const size = { tasks: 1, files, transfers: 16, latency: values.latency }

const seconds = (runners: number): Promise<number> =>
  withMachines({ program: [command, ...words], ...size }, async ({ machines, storageSeconds, until, verify }) => {
    const before = storageSeconds()
    for (const machine of machines.slice(0, runners)) machine.start(1)
    const [task] = await until("it has ended", ([one]) => one !== undefined && hasEnded(one.state))
    const storages = storageSeconds() - before
    const { twice } = await verify()
    if (twice.length > 0) throw new Error(`stored twice: ${twice.join(", ")}`)
    const took = ((task?.endedAt ?? 0) - (task?.startedAt ?? 0)) / 1000
    const each = ((storages / files) * 1000).toFixed(1)
    console.log(
      `${runners} ${runners === 1 ? "runner" : "runners"}: ${took.toFixed(1)} s, ${(files / took).toFixed(0)} files a second; the emulators took ${storages.toFixed(1)} s of CPU, ${each} ms a file`
    )
    return took
  })

try {
  console.log(`${files} files, latency ${values.latency}, ${os.availableParallelism()} CPUs`)
  const [one, three] = [await seconds(1), await seconds(3)]
  const ratio = one / three
  console.log(`three are ${ratio.toFixed(2)} times as fast as one`)
  if (ratio < Number(values.least)) throw new Error(`that is less than ${values.least}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
