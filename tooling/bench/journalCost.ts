/** What recording a sync of 10,000 small files costs, as CPU time: of a command and of a task's runner, against a command that can not write its journal. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as SqliteStore from "@ourclone/tasks/store/SqliteStore"
import { tasksFile } from "@ourclone/tasks/store/TasksFile"
import * as Effect from "effect/Effect"
import { type EmulatorProcess, withEmulator } from "./EmulatorProcess.ts"
import { measure } from "./Measure.ts"

const files = 10_000

const median = (numbers: ReadonlyArray<number>): number =>
  [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? 0

const measureAll = async (
  program: ReadonlyArray<string>,
  runs: number,
  folder: string,
  { endpoint, key, keyId }: EmulatorProcess
): Promise<void> => {
  const at = (name: string) => path.join(folder, name)
  for (let index = 0; index < files; index++) {
    fs.mkdirSync(at(`source/${index % 100}`), { recursive: true })
    fs.writeFileSync(at(`source/${index % 100}/file-${index}`), `${index} `.padEnd(1000, "x"))
  }
  const environmentOf = (name: string) => ({
    OURCLONE_CONFIG: at("config.toml"),
    XDG_STATE_HOME: at(name),
    XDG_CACHE_HOME: at("cache"),
    B2_APPLICATION_KEY_ID: keyId,
    B2_APPLICATION_KEY: key,
    B2_ENDPOINT: endpoint
  })
  // A file where the folder of the journal would be.
  fs.mkdirSync(at("without/ourclone"), { recursive: true })
  fs.writeFileSync(at("without/ourclone/tasks"), "")
  await measure([...program, "bucket", "create", "b2:journal-cost"], environmentOf("without"))
  let round = 0
  const command = (name: string) =>
    measure([...program, "sync", at("source"), `b2://journal-cost/${++round}`], environmentOf(name))
  const task = async () => {
    const request = { source: at("source"), destination: `b2://journal-cost/${++round}` }
    const created = Effect.flatMap(SqliteStore.make(tasksFile(path.join(at("task"), "ourclone"))), (store) =>
      store.create({ kind: "sync", request, origin: "service" })
    )
    const { id } = await Effect.runPromise(Effect.scoped(created))
    return measure([...program, "task", "run", "--id", id], environmentOf("task"))
  }
  const ways = { "not recorded": () => command("without"), recorded: () => command("with"), "of a task": task }
  const seconds = new Map<string, Array<number>>()
  for (let run = 0; run < runs; run++) {
    for (const [name, way] of Object.entries(ways)) {
      seconds.set(name, [...(seconds.get(name) ?? []), (await way()).cpuSeconds])
    }
  }
  const base = median(seconds.get("not recorded") ?? [])
  for (const [name, all] of seconds) {
    const middle = median(all)
    console.log(
      `${name.padEnd(14)} ${middle.toFixed(2)} s CPU, ${(100 * (middle / base - 1)).toFixed(1)} %  (${all.join(" ")})`
    )
  }
}

export const journalCost = async (program: ReadonlyArray<string>, runs: number): Promise<void> => {
  console.log(`\nthe journal of a sync of ${files} files (median of ${runs})`)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-journal-cost-"))
  try {
    await withEmulator([], (emulator) => measureAll(program, runs, folder, emulator))
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
