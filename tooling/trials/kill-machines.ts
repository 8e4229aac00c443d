/**
 * `npm run exec node tooling/trials/kill-machines.ts [-- --rounds N --seed N]`: three runners that share their tasks on Postgres
 * while they copy from one emulator of B2 to another. In each round one of them, and what happens to it, is chosen by chance:
 * it is killed and started again, frozen for 16 s, or cut off the database for 16 s.
 *
 * In the end each task has completed once, its facts have no gap, what is stored is what was to be, and there are no more versions
 * than files and those that were on their way. Ends with 1 where not.
 */
import { parseArgs } from "node:util"
import { build, ownRoot } from "../bench/Checkout.ts"
import { happeningsOf, heldBy, withMachines } from "./Machines.ts"
import { seededRandom } from "./seededRandom.ts"

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, seed: { type: "string", default: "1" } }
})
const [rounds, seed] = [Number(values.rounds), Number(values.seed)]
const random = seededRandom(seed)
const below = (limit: number) => Math.floor(random() * limit)
const hands = 2
const happenings = happeningsOf(hands)

const kinds = Object.keys(happenings) as ReadonlyArray<keyof typeof happenings>

const [command = "", ...words] = build(ownRoot).program
const size = { tasks: 3 * rounds, files: 60 }
try {
  await withMachines({ program: [command, ...words], ...size }, async ({ hurry, machines, until, verify }) => {
    for (const machine of machines) machine.start(hands)
    await until("every machine is at work", (tasks) => machines.every(({ name }) => heldBy(tasks, name).length > 0))
    for (let round = 0; round < rounds; round++) {
      const machine = machines[below(machines.length)]!
      const kind = kinds[round % kinds.length]!
      console.log(`${machine.name} is ${kind}`)
      await happenings[kind](machine)
    }
    await hurry()
    const { takes, tasks, twice } = await verify()
    // One file at a time is on its way in each task.
    const told = `${twice.length} files stored twice in ${takes} runs of ${tasks} tasks of ${size.files} files each`
    if (twice.length > takes - tasks) throw new Error(`${told}: ${twice.join(", ")}`)
    console.log(`seed ${seed}: ${told}${twice.map((path) => `\n  ${path}`).join("")}`)
  })
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
