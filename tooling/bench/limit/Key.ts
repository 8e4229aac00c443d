/** What every command on a repository does first. */
import { scryptSync } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"

/** As expensive as the repository's first key file says. */
export const key = (repository: string, password: string): void => {
  const keys = path.join(repository, "keys")
  const [name] = fs.readdirSync(keys)
  if (name === undefined) throw new Error(`there is no key in ${keys}`)
  const { N, p, r, salt } = JSON.parse(fs.readFileSync(path.join(keys, name), "utf8"))
  scryptSync(password, Buffer.from(salt, "base64"), 64, { N, r, p, maxmem: 256 * N * r + 1024 ** 2 })
}
