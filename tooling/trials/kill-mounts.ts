/**
 * `npm run exec node tooling/trials/kill-mounts.ts [-- --count N --seed N]`: as root, or where `/dev/fuse` may be used.
 * Kills a mount with SIGKILL at random moments of a random program, `count` times, with a queue that is full of what is
 * not sent or on its way. The next mount of the place must have all that was acknowledged, and takes up the queue; after
 * the last one the mount ends with 0, and a mount that knows nothing yet, and rclone, have the same.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import { seededRandom } from "./seededRandom.ts"
import { output, run, withBed } from "./TrialMount.ts"

const { values } = parseArgs({
  options: { count: { type: "string", default: "200" }, seed: { type: "string", default: "1" } }
})
const [count, seed] = [Number(values.count), Number(values.seed)]
const random = seededRandom(seed)
const program = path.join(import.meta.dirname, "mountedProgram.ts")
const compare = (...words: ReadonlyArray<string>) => output([process.execPath, program, "compare", ...words], 300)

const place = "b2:mount-kills"
let kills = 0
let early = 0

// An answer that takes a while leaves much on its way.
await withBed(
  "mount-kills",
  () => ["--latency", "20ms"],
  async (bed) => {
    const [model, undone] = [bed.at("model"), bed.at("undone.json")]
    fs.mkdirSync(model)
    fs.writeFileSync(undone, "[]")
    await bed.ourclone("bucket", "create", place)
    while (kills < count) {
      const mount = await bed.mount(place, "one", `--write-back=${random() < 0.5 ? "1s" : "10m"}`)
      await compare(mount.point, model, "same", undone)
      fs.writeFileSync(undone, "[]")
      const words = ["work", mount.point, model, String(seed * 1_000_000 + kills + early), "5000", undone]
      const working = run([process.execPath, program, ...words], 120)
      await sleep(150 + random() * 3_000)
      await mount.kill()
      const { errors, output: told, status } = await working
      if (status !== 0) throw new Error(`the program ended with ${status}:\n${errors}`)
      if (told.includes("cut")) kills++
      else early++
      if (kills % 20 === 0) console.log(`${kills} kills held so far`)
    }
    const last = await bed.mount(place, "one")
    await compare(last.point, model, "same", undone)
    await last.unmount()
    const other = await bed.mount(place, "two", "--read-only")
    await compare(other.point, model, "fresh")
    await other.unmount()
    await compare(await bed.byRclone("mount-kills", bed.at("rclone")), model, "plain")
    console.log(`seed ${seed}: ${kills} kills held, 0 differences (${early} more came after the program had ended)`)
  }
)
if (process.exitCode !== undefined) console.error(`seed ${seed}, after ${kills} kills`)
