/**
 * `npm run exec node tooling/trials/kill-divided.ts [-- --rounds N --files N --seed N]`: a sync from one emulator of B2 to another
 * that is divided among three runners which share their tasks on Postgres. While all three are at ranges of it, one that is chosen
 * by chance is killed and started again, frozen for 16 s, or cut off the database for 16 s: each in turn, `rounds` times.
 *
 * The task completes once, its facts have no gap, the destination is what the source is, what is too much there goes last, and no
 * file is stored twice but those that were on their way. Ends with 1 where not.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import { build, ownRoot } from "../bench/Checkout.ts"
import { happeningsOf, heldBy, type Machines, withMachines } from "./Machines.ts"
import { seededRandom } from "./seededRandom.ts"

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "1" },
    files: { type: "string", default: "1600" },
    seed: { type: "string", default: "1" }
  }
})
const [rounds, files, seed] = [Number(values.rounds), Number(values.files), Number(values.seed)]
const random = seededRandom(seed)
const transfers = 4
const happenings = happeningsOf(1)

/** Every machine is at a range, and one of them at the whole besides. */
const divided = async ({ held, look, machines }: Machines): Promise<void> => {
  for (;;) {
    const ranges = (await held()).filter(({ kind }) => kind === "range")
    if (machines.every(({ name }) => heldBy(ranges, name).length > 0)) return
    if ((await look()).some(({ state }) => hasEnded(state))) throw new Error("it has ended before all were at it")
    await sleep(50)
  }
}

const [command = "", ...words] = build(ownRoot).program
const size = { tasks: 1, files, transfers, extra: 30, latency: "100ms", patienceMillis: 900_000 }

const round = (kind: keyof typeof happenings): Promise<void> =>
  withMachines({ program: [command, ...words], ...size }, async (world) => {
    const { held, machines, until, verify } = world
    for (const machine of machines) machine.start(1)
    await divided(world)
    await sleep(random() * 3_000)
    const machine = machines[Math.floor(random() * machines.length)]!
    const before = heldBy(await held(), machine.name)
    const at = Date.now()
    await happenings[kind](machine)
    const [task] = await until("it has ended", ([one]) => one !== undefined && hasEnded(one.state))
    const { takes, twice } = await verify()
    const ranges = before.filter((one) => one.kind === "range").length
    const had = `${ranges} ${ranges === 1 ? "range" : "ranges"}${ranges < before.length ? " and the whole" : ""}`
    const took = ((task?.endedAt ?? 0) - at) / 1000
    console.log(
      `${machine.name} ${kind} with ${had}: done ${took.toFixed(1)} s later, ${takes} runs, ${twice.length} files stored twice`
    )
    const onTheirWay = transfers * Math.max(1, ranges)
    if (twice.length > onTheirWay) throw new Error(`more than the ${onTheirWay} on their way: ${twice.join(", ")}`)
  })

try {
  for (let number = 0; number < rounds; number++) {
    for (const kind of Object.keys(happenings) as ReadonlyArray<keyof typeof happenings>) await round(kind)
  }
  console.log(`seed ${seed}: ${rounds} of each, ${files} files`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
