/** Whose doing it is when this process ends all at once: who called its end, or threw what nobody caught, is in the stack. */
import * as fs from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { inspect } from "node:util"
import type { Plugin } from "./InstalledPlugins.ts"

/** The folder of its package, with all that it brings. */
const folderOf = ({ entry }: Plugin): string => {
  for (let folder = path.dirname(entry); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    // A folder that npm was given is a link to it, and a stack says where that leads.
    if (fs.existsSync(path.join(folder, "package.json"))) return fs.realpathSync(folder)
  }
  return fs.realpathSync(path.dirname(entry))
}

const watched = new Map<string, Plugin>()

const culprit = (stack: string): Plugin | undefined => {
  for (const [folder, plugin] of watched) {
    if (stack.includes(`${folder}${path.sep}`) || stack.includes(`${pathToFileURL(folder).href}/`)) return plugin
  }
  return undefined
}

const title = ({ name, version }: Plugin) => `error: the plugin "${name}" ${version}`

/** Deeper than what Effect has between a call of a plugin and its end. */
const deepStack = 100

const begin = (): void => {
  process.on("exit", (code) => {
    const before = Error.stackTraceLimit
    Error.stackTraceLimit = deepStack
    const plugin = culprit(new Error("exit").stack ?? "")
    Error.stackTraceLimit = before
    if (plugin === undefined) return
    process.stderr.write(`${title(plugin)} ended the process (exit code ${code})\n`)
    // Whatever it says, what was asked for was not done; other codes mean something of ours.
    process.exitCode = 1
  })
  process.on("uncaughtException", (error) => {
    const plugin = culprit(error instanceof Error ? (error.stack ?? "") : "")
    process.stderr.write(
      `${plugin === undefined ? inspect(error) : `${title(plugin)} failed by itself: ${error.message}`}\n`
    )
    process.exit(1)
  })
}

/** From now on it is named where it ends the process. */
export const watch = (plugin: Plugin): void => {
  if (watched.size === 0) begin()
  watched.set(folderOf(plugin), plugin)
}
