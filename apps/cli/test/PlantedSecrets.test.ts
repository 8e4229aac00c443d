import * as fs from "node:fs"
import * as path from "node:path"
import type { Envelope } from "@ourclone/core/events/Envelope"
import * as BackupJob from "@ourclone/jobs/repository/BackupJob"
import * as RunInProcess from "@ourclone/jobs/run/RunInProcess"
import { Effect, Redacted } from "effect"
import { expect, test } from "vitest"
import { makeCli } from "./Cli.ts"
import { initAt, password } from "./RepositoryCli.ts"

const main = path.join(import.meta.dirname, "../src/main.ts")

/** What the system says of a process: its arguments and the environment that it was given. */
const shownBySystem = (pid: number): string =>
  ["cmdline", "environ"].map((name) => fs.readFileSync(`/proc/${pid}/${name}`, "latin1")).join("\n")

test.skipIf(process.platform !== "linux")(
  "a secret stands in no argument, environment, event or log of a run in a process of its own",
  async () => {
    const cli = makeCli()
    for (let file = 0; file < 200; file++) cli.write(`from/${file}`, "x".repeat(5000))
    await initAt(cli, "repository")
    const environment = {
      HOME: cli.folder,
      XDG_STATE_HOME: path.join(cli.folder, "state"),
      XDG_CACHE_HOME: path.join(cli.folder, "cache"),
      OURCLONE_CONFIG: cli.configuration
    }
    const command = [process.execPath, main, "task", "run", "--stdin", "--debug"] as const
    const runner = RunInProcess.make({ command, environment })
    const events: Array<Envelope> = []
    const seen: Array<string> = []
    const look = () => {
      for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        try {
          const shown = shownBySystem(Number(pid))
          if (shown.includes(cli.folder)) seen.push(shown)
        } catch {}
      }
    }
    const repository = path.join(cli.folder, "repository")
    const summary = await Effect.runPromise(
      runner.run(
        BackupJob.kind,
        { repository, paths: [path.join(cli.folder, "from")] },
        {
          sink: (batch) =>
            Effect.sync(() => {
              look()
              events.push(...batch)
            }),
          secrets: new Map([[`repository:${repository}`, Redacted.make(password)]])
        }
      )
    )
    expect(summary.filesNew).toBe(200)
    const logs = fs
      .readdirSync(path.join(cli.folder, "state"), { recursive: true, encoding: "utf8", withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "latin1"))
    expect(seen.length).toBeGreaterThan(0)
    expect(logs.length).toBeGreaterThan(0)
    expect([...seen, ...logs, JSON.stringify(events)].filter((text) => text.includes(password))).toEqual([])
  }
)
