/** A runner in a process of its own, which outlives whoever started it. */
import { spawn } from "node:child_process"
import { ofPid, type ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import type { SecretName } from "@ourclone/jobs/kind/JobKind"
import * as Redacted from "effect/Redacted"
import type { SendSignal } from "../runner/HookProcess.ts"
import type { Secrets } from "../runner/StoredSecrets.ts"
import type { Task } from "../task/Task.ts"
import { isPlaceless } from "./Placeless.ts"
import * as StandBack from "./StandBack.ts"

export interface RunnerProgram {
  /** What runs the task. It is given the secrets as one line of JSON on standard input. */
  readonly command: (task: Pick<Task, "id" | "kind">) => readonly [program: string, ...words: ReadonlyArray<string>]
  readonly environment: { readonly [variable: string]: string | undefined }
  /** What watches folders beside whoever starts runners, which does so itself where this is absent. */
  readonly watcher?: readonly [program: string, ...words: ReadonlyArray<string>]
  /** Ends one that does not end when it is to. */
  readonly sendSignal: SendSignal
}

/** How it ended: in words, with the end of what it complained about. */
export interface Ended {
  readonly isGood: boolean
  readonly message: string
  /** The last line of that. */
  readonly lastLine?: string | undefined
}

export interface Started {
  /** Nobody where it could not be started. */
  readonly identity: ProcessIdentity | undefined
  readonly ended: Promise<Ended>
}

const longestComplaint = 2_000

export const encodeSecrets = (secrets: Secrets): string =>
  JSON.stringify(Object.fromEntries([...secrets].map(([name, secret]) => [name, Redacted.value(secret)])))

export const decodeSecrets = (line: string): Secrets => {
  if (line.trim() === "") return new Map()
  const entries: ReadonlyArray<readonly [SecretName, unknown]> = Object.entries(JSON.parse(line))
  return new Map(entries.map(([name, secret]) => [name, Redacted.make(String(secret))]))
}

/** Starts it. What it prints goes nowhere; its last complaint is kept while this process lives. */
export const start = (
  { command, environment }: Pick<RunnerProgram, "command" | "environment">,
  task: Pick<Task, "id" | "kind">,
  secrets: Secrets
): Started => {
  const [program, ...words] = command(task)
  const child = spawn(program, words, { env: { ...environment }, detached: true, stdio: ["pipe", "ignore", "pipe"] })
  if (!isPlaceless(task)) StandBack.standBack(child)
  let complaint = ""
  child.stdin.on("error", () => {})
  child.stdin.end(`${encodeSecrets(secrets)}\n`)
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-longestComplaint)
  })
  // Neither keeps the starter from ending.
  child.unref()
  for (const stream of [child.stdin, child.stderr]) (stream as { unref?: () => void }).unref?.()
  const ended = new Promise<Ended>((resolve) => {
    child.once("error", ({ message }) => resolve({ isGood: false, message: `could not be started: ${message}` }))
    child.once("close", (code, signal) => {
      const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`
      const said = complaint.trim()
      const message = complaint === "" ? how : `${how}: ${said}`
      resolve({ isGood: code === 0, message, lastLine: said.split("\n").at(-1) || undefined })
    })
  })
  return { identity: child.pid === undefined ? undefined : ofPid(child.pid), ended }
}
