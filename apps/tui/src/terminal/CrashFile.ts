/** Where a mistake of the program is written down, and what is said of it. */
import * as fs from "node:fs"
import { homedir } from "node:os"
import * as path from "node:path"
import { printable } from "@ourclone/core/events/PrintableText"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import * as StandardPaths from "@ourclone/core/machine/StandardPaths"

const place = (): string =>
  path.join(StandardPaths.stateDirectory(process.env, process.env["HOME"] || homedir()), "tui-crash.log")

const writeDown = (file: string, text: string): boolean => {
  try {
    makeFolder(path.dirname(file))
    fs.writeFileSync(file, `${new Date().toISOString()}\n${text}\n`, { mode: 0o600 })
    return true
  } catch {
    // What can not be written down is said all the same.
    return false
  }
}

/** Two lines for whoever sees the program end. */
export const told = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  const file = place()
  const isThere = writeDown(file, error instanceof Error ? (error.stack ?? message) : message)
  const where = isThere ? `What happened is in ${printable(file)}` : `${printable(file)} could not be written`
  return `error: the screens ended by a mistake in ourclone: ${printable(message.split("\n")[0] ?? "")}\nTasks go on. ${where}`
}
