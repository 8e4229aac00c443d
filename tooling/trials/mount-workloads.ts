/**
 * `npm run exec node tooling/trials/mount-workloads.ts [-- --count N --seed N --steps N]`: as root, or where `/dev/fuse`
 * may be used. `count` random programs, each in a folder of a bucket that is mounted through FUSE, and in one of this machine. After each the mount ends with 0, and another mount that knows nothing yet, and rclone, have what the folder has.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { parseArgs } from "node:util"
import { output, withBed } from "./TrialMount.ts"

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    steps: { type: "string", default: "120" }
  }
})
const [count, first] = [Number(values.count), Number(values.seed)]
const program = path.join(import.meta.dirname, "mountedProgram.ts")
const child = (...words: ReadonlyArray<string>) => output([process.execPath, program, ...words], 120)

let held = 0
await withBed(
  "workloads",
  () => [],
  async (bed) => {
    await bed.ourclone("bucket", "create", "b2:workloads")
    for (let seed = first; seed < first + count; seed++) {
      const place = `workloads/${seed}`
      const model = bed.at("model")
      fs.mkdirSync(model)
      const mount = await bed.mount(`b2:${place}`, "one", "--write-back=1s")
      const told = await child("work", mount.point, model, String(seed), values.steps, bed.at("undone.json"))
      if (told.includes("cut")) throw new Error(`the mount failed:\n${mount.errors}`)
      await child("compare", mount.point, model, "same")
      await mount.unmount()
      const other = await bed.mount(`b2:${place}`, "two", "--read-only")
      await child("compare", other.point, model, "fresh")
      await other.stop()
      await child("compare", await bed.byRclone(place, bed.at("rclone")), model, "plain")
      for (const name of ["model", "one", "two", "rclone"]) fs.rmSync(bed.at(name), { recursive: true, force: true })
      held++
      if (held % 10 === 0) console.log(`${held} programs held so far`)
    }
    console.log(`seeds ${first} to ${first + count - 1}: ${held} programs of ${values.steps} steps, 0 differences`)
  }
)
if (process.exitCode !== undefined) console.error(`seed ${first + held}, after ${held} that held`)
