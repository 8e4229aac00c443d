/**
 * The terminal UI as `ourclone` begins it. Loads nothing before the first parts of the frame stand.
 *
 * Tasks run in processes of their own, so however this ends, they go on.
 */
import { homedir } from "node:os"
import * as StandardPaths from "@ourclone/core/machine/StandardPaths"
import type * as DeskModule from "./link/Desk.ts"
import * as KeptState from "./terminal/KeptState.ts"
import * as Mouse from "./terminal/Mouse.ts"
import { enter, leave, skeleton } from "./terminal/Skeleton.ts"

export interface MainOptions {
  /** Numbered choices and lines that stay, rather than a screen. */
  readonly isLinear: boolean
  /** What runs `ourclone` itself: the words before its own. */
  readonly program: readonly [string, ...ReadonlyArray<string>]
  /** The address of the service to attach to, where one was named. */
  readonly server: string | undefined
}

const needsTerminal = 2

/** Gives the terminal back as it was; called twice it does nothing more. */
const restoring = (): (() => void) => {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    try {
      if (process.stdin.isTTY) process.stdin.setRawMode(false)
      process.stdout.write(`${Mouse.off}${leave}`)
    } catch {
      // The terminal is gone.
    }
  }
}

/** React looks once which of its builds to take: the one for its developers is half as large again. */
const forUse = async <A>(load: () => Promise<A>): Promise<A> => {
  const { NODE_ENV } = process.env
  Object.assign(process.env, { NODE_ENV: "production" })
  try {
    return await load()
  } finally {
    if (NODE_ENV === undefined) Reflect.deleteProperty(process.env, "NODE_ENV")
    else Object.assign(process.env, { NODE_ENV })
  }
}

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** What the process is to end with. */
export const main = async ({ isLinear, program, server }: MainOptions): Promise<number> => {
  const { stderr, stdin, stdout } = process
  if (isLinear || process.env["TERM"] === "dumb") {
    const [{ run }, { make }] = await Promise.all([import("./linear/LinearMain.ts"), import("./Together.ts")])
    const code = await run({
      input: stdin,
      write: (text) => void stdout.write(text),
      make: (around) => make({ program, server, around })
    })
    stdin.destroy()
    return code
  }
  if (!stdin.isTTY || !stdout.isTTY) {
    stderr.write("error: the screens need a terminal; use the commands, or --linear to be asked by lines\n")
    return needsTerminal
  }
  const restore = restoring()
  process.once("exit", restore)
  for (const [signal, code] of Object.entries(signals)) {
    process.once(signal, () => {
      restore()
      // Ink draws a last frame when the process ends, which would stand on what is the user's again.
      process.stdout.write = () => true
      process.exit(code)
    })
  }
  const home = process.env["HOME"] || homedir()
  const kept = KeptState.read(KeptState.fileIn(StandardPaths.stateDirectory(process.env, home)))
  const tab = KeptState.tabIn(kept)
  stdin.setRawMode(true)
  stdout.write(`${enter}${skeleton(stdout.columns, stdout.rows, tab)}`)
  try {
    // Each part is drawn as soon as what it needs is loaded.
    const { firstFrame } = await import("./FirstFrame.ts")
    stdout.write(firstFrame({ environment: process.env, home, kept }, tab, stdout.columns, stdout.rows))
    const { run } = await forUse(() => import("./Interactive.ts"))
    const { code, problem } = await run({ program, server })
    restore()
    if (problem !== undefined) stderr.write(`${problem}\n`)
    return code
  } catch (error) {
    restore()
    throw error
  }
}

/** The process that looks into storage for the screens. */
export const desk = (): Promise<typeof DeskModule> => import("./link/Desk.ts")
