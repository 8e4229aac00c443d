/** A world of tasks whose configuration has a remote `b2` at an emulator. */
import * as fs from "node:fs"
import { type Emulator, startEmulator } from "@ourclone/b2-emulator/Emulator"
import { onTestFinished } from "vitest"
import { post } from "../B2Cli.ts"
import { makeCli } from "../Cli.ts"
import { makeWorld } from "./TaskWorld.ts"

/** Lines of TOML, for the remote. */
export const makeB2World = async (...more: ReadonlyArray<string>) => {
  const emulator = await startEmulator({ control: true })
  onTestFinished(() => emulator.close())
  const world = makeWorld()
  await post(emulator, "b2_create_bucket", { bucketName: "tasks-of-a-test", bucketType: "allPrivate" })
  const key = await newKey(emulator)
  const configure = (...lines: ReadonlyArray<string>): void => {
    const remote = ["[remotes.b2]", 'type = "b2"', `keyId = "${key.keyId}"`, `applicationKey = "${key.key}"`]
    const text = [...remote, `endpoint = "${emulator.endpoint}"`, ...lines, ""].join("\n")
    // As an editor does, so that nobody reads half of it.
    fs.writeFileSync(`${world.environment.OURCLONE_CONFIG}.new`, text, { mode: 0o600 })
    fs.renameSync(`${world.environment.OURCLONE_CONFIG}.new`, world.environment.OURCLONE_CONFIG)
  }
  configure(...more)
  return {
    ...world,
    emulator,
    key,
    configure,
    cli: makeCli({ environment: { ...world.environment } }),
    place: (name: string) => `b2:tasks-of-a-test/${name}`,
    /** So many files of so many bytes in the folder of that name. */
    fill: (name: string, files: number, size: number) => {
      for (let index = 0; index < files; index++) world.write(`${name}/${index}`, `${index} `.padEnd(size, "x"))
      return world.at(name)
    }
  }
}

export const newKey = async (emulator: Emulator) => {
  const capabilities = ["listBuckets", "listFiles", "readFiles", "writeFiles", "deleteFiles"]
  const made = await post(emulator, "b2_create_key", { keyName: "task", capabilities })
  return { keyId: String(made.applicationKeyId), key: String(made.applicationKey) }
}
