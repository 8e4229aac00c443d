/** The repository that restic 0.14 has written, and what is in it. */
import * as fs from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Redacted from "effect/Redacted"

const folder = fileURLToPath(new URL("../fixtures/restic", import.meta.url))

/** Not to be written to: see `copyTo`. */
export const path = join(folder, "repository")
export const password = Redacted.make("fixture")
export const polynomial = 0x3da3358b4dc173n
export const id = "d362a16fd10a52642c85fff21a77fcc746172b48bcf9faf01d58604c799c7cab"
export const keyId = "9e12d9cf350e629bfad64f3b01f6ceb48c4469ddeb99fe9a588517c6bfa5ab53"

/** What `expected.json` says; see the comment in it. */
export const expected = () => JSON.parse(fs.readFileSync(join(folder, "expected.json"), "utf8"))

/** A copy that may be written to. */
export const copyTo = (target: string): void => {
  fs.cpSync(path, target, { recursive: true })
}
