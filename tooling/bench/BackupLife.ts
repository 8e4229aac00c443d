/**
 * First and second backup, restore and check of one folder. Each first backup has
 * a new repository; what comes later is done by all on one repository, which the
 * last contender began, each with a cache that has seen it.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { type BackupContender, password } from "./BackupContenders.ts"
import { limitName, measureLimit } from "./Limit.ts"
import type { Step } from "./limit/Step.ts"
import { measure } from "./Measure.ts"
import type { RepositoryHome } from "./RepositoryHome.ts"
import { countFiles, inTurn, type Report } from "./Row.ts"

export type Work = "first" | "second" | "restore" | "check"

export interface Life {
  readonly contenders: ReadonlyArray<BackupContender>
  readonly home: RepositoryHome
  readonly source: string
  /** For caches and what is restored. */
  readonly folder: string
  readonly runs: number
  readonly works: ReadonlyArray<Work>
  readonly report: Report
}

const firstBackups = async (life: Life, run: number): Promise<void> => {
  const { contenders, folder, home, report, source } = life
  for (const contender of inTurn(contenders, run)) {
    const repository = await home.copy()
    const cache = fs.mkdtempSync(path.join(folder, "cache-"))
    const environment = { ...contender.environment(cache), ...home.environment }
    report(contender.name, "first", await measure(contender.backup(repository, source), environment))
    home.remove(repository)
    fs.rmSync(cache, { recursive: true })
  }
}

const environmentOf = ({ folder, home }: Life, contender: BackupContender) => ({
  ...contender.environment(path.join(folder, `cache of ${contender.name}`)),
  ...home.environment
})

const laterWork = async (life: Life, work: Exclude<Work, "first">, repository: string, run: number): Promise<void> => {
  const { contenders, folder, report, source } = life
  const target = path.join(folder, "restored")
  for (const contender of inTurn(contenders, run)) {
    const command = {
      second: () => contender.backup(repository, source),
      restore: () => contender.restore(repository, target),
      check: () => contender.check(repository)
    }[work]()
    report(contender.name, work, await measure(command, environmentOf(life, contender)))
    if (work !== "restore") continue
    const [restored, expected] = [countFiles(path.join(target, source)), countFiles(source)]
    if (restored !== expected) throw new Error(`${contender.name} restored ${restored} of ${expected} files`)
    fs.rmSync(target, { recursive: true })
  }
}

const limits = ({ folder, home, source }: Life): Readonly<Record<Work, ReadonlyArray<Step>>> => {
  const archive = path.join(folder, "limit-archive")
  const key: Step = { do: "key", repository: home.template, password }
  return {
    first: [key, { do: "seal", folder: source, archive }],
    second: [key, { do: "walk", folder: source }],
    restore: [key, { do: "open", archive, target: path.join(folder, "limit-restored") }],
    check: [key, { do: "open", archive }]
  }
}

export const live = async (life: Life): Promise<void> => {
  const { contenders, folder, home, report, runs, source, works } = life
  const shared = await home.copy()
  for (const contender of contenders.toReversed()) {
    await measure(contender.backup(shared, source), environmentOf(life, contender))
  }
  const limit = limits(life)
  await measureLimit(limit.first)
  for (let run = 0; run < runs; run++) {
    for (const work of works) {
      if (work === "first") await firstBackups(life, run)
      else await laterWork(life, work, shared, run)
      report(limitName, work, await measureLimit(limit[work]))
      fs.rmSync(path.join(folder, "limit-restored"), { recursive: true, force: true })
    }
  }
  home.remove(shared)
}
