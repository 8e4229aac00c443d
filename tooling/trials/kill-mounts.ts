/**
 * `npm run exec node tooling/trials/kill-mounts.ts [-- --count N --seed N]`: as root, or where `/dev/fuse` may be used.
 * Kills a mount with SIGKILL at random moments of a random program, `count` times, with a queue that is full of what is
 * not sent or on its way. The next mount of the place must have all that was acknowledged, and takes up the queue; after
 * the last one the mount ends with 0, and a mount that knows nothing yet, and rclone, have the same.
 */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import { build, ownRoot } from "../bench/Checkout.ts"
import { startEmulator } from "../bench/EmulatorProcess.ts"
import { seededRandom } from "./seededRandom.ts"
import { Bed, output, run, type TrialMount } from "./TrialMount.ts"

const { values } = parseArgs({
  options: { count: { type: "string", default: "200" }, seed: { type: "string", default: "1" } }
})
const [count, seed] = [Number(values.count), Number(values.seed)]
const random = seededRandom(seed)
const program = path.join(import.meta.dirname, "mountedProgram.ts")
const compare = (...words: ReadonlyArray<string>) => output([process.execPath, program, "compare", ...words], 300)

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-mount-kills-"))
// An answer that takes a while leaves much on its way.
const emulator = await startEmulator(["--latency", "20ms"])
const bed = new Bed(folder, emulator, build(ownRoot).program)
const [model, undone] = [bed.at("model"), bed.at("undone.json")]
fs.mkdirSync(model)
fs.writeFileSync(undone, "[]")
const place = "b2:mount-kills"

let mount: TrialMount | undefined
let kills = 0
let early = 0
try {
  await bed.ourclone("bucket", "create", place)
  while (kills < count) {
    mount = await bed.mount(place, "one", `--write-back=${random() < 0.5 ? "1s" : "10m"}`)
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
  mount = await bed.mount(place, "one")
  await compare(mount.point, model, "same", undone)
  await mount.unmount()
  mount = await bed.mount(place, "two", "--read-only")
  await compare(mount.point, model, "fresh")
  await mount.unmount()
  await compare(await bed.byRclone("mount-kills", bed.at("rclone")), model, "plain")
  console.log(`seed ${seed}: ${kills} kills held, 0 differences (${early} more came after the program had ended)`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.error(`seed ${seed}, after ${kills} kills; the files are in ${folder}`)
  process.exitCode = 1
} finally {
  await mount?.stop()
  await emulator.stop()
}
if (process.exitCode === undefined) fs.rmSync(folder, { recursive: true })
