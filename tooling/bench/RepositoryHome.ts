/**
 * Where the repositories of a row are. All have the key file of one that the
 * last contender made: a program that makes a key finds out by itself how much
 * work a password shall be, and that work comes back at every start.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import type { BackupContender } from "./BackupContenders.ts"
import { b2Environment } from "./Contenders.ts"
import type { EmulatorProcess } from "./EmulatorProcess.ts"
import { measure } from "./Measure.ts"

export interface RepositoryHome {
  /** The repository on this disk that all others begin as copies of. */
  readonly template: string
  readonly environment: Readonly<Record<string, string>>
  /** The address of a new copy. */
  readonly copy: () => Promise<string>
  readonly remove: (repository: string) => void
}

const lastOf = (contenders: ReadonlyArray<BackupContender>): BackupContender => {
  const last = contenders.at(-1)
  if (last === undefined) throw new Error("nobody is there to make a repository")
  return last
}

const makeTemplate = async (contenders: ReadonlyArray<BackupContender>, folder: string): Promise<string> => {
  const template = path.join(folder, "template")
  const maker = lastOf(contenders)
  await measure(maker.init(template), maker.environment(path.join(folder, "template-cache")))
  return template
}

export const onDisk = async (contenders: ReadonlyArray<BackupContender>, folder: string): Promise<RepositoryHome> => {
  const template = await makeTemplate(contenders, folder)
  return {
    template,
    environment: {},
    copy: async () => {
      const place = path.join(fs.mkdtempSync(path.join(folder, "place-")), "repository")
      fs.cpSync(template, place, { recursive: true })
      return place
    },
    remove: (repository) => fs.rmSync(path.dirname(repository), { recursive: true })
  }
}

/** Copies stay until the emulator's store is removed. */
export const onEmulator = async (
  contenders: ReadonlyArray<BackupContender>,
  folder: string,
  emulator: EmulatorProcess
): Promise<RepositoryHome> => {
  const template = await makeTemplate(contenders, folder)
  for (const name of fs.readdirSync(template)) {
    if (name !== "config" && name !== "keys") fs.rmSync(path.join(template, name), { recursive: true })
  }
  const maker = lastOf(contenders)
  const environment = b2Environment(emulator)
  let copies = 0
  return {
    template,
    environment,
    copy: async () => {
      const bucket = `bench-backup-${copies++}`
      const command = maker.publish?.(template, bucket)
      if (command === undefined) throw new Error(`${maker.name} can not put a repository into a bucket`)
      await measure(command, { ...environment, ...maker.environment(path.join(folder, "template-cache")) })
      return `b2://${bucket}`
    },
    remove: () => undefined
  }
}
