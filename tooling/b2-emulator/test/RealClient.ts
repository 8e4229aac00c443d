/** Runs a program of other people against an emulator, in a folder of its own. */
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { type Emulator, type EmulatorOptions, startEmulator } from "../src/Emulator.ts"

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface RealClient {
  readonly emulator: Emulator
  /** A fresh folder, removed by `close`. */
  readonly folder: string
  /** The outcome whatever its exit code. */
  readonly attempt: (...args: string[]) => Promise<Outcome>
  /** Standard output of a run that must end with 0. */
  readonly run: (...args: string[]) => Promise<string>
  readonly close: () => Promise<void>
}

/** What B2 may do and other people's programs get over: a mode that one of them fails on is not B2's. */
export const awkward: EmulatorOptions = { shortPages: true, abruptErrors: true, defaultEncryption: true }

export const temporaryFolder = (program: string): string => fs.mkdtempSync(path.join(os.tmpdir(), `${program}-test-`))

/** The outcome whatever its exit code. */
export const runProgram = (
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }
): Promise<Outcome> =>
  new Promise<Outcome>((resolve) => {
    execFile(program, args, { ...options, maxBuffer: 64 * 1024 * 1024 }, (failure, out, err) => {
      const code = failure === null ? 0 : typeof failure.code === "number" ? failure.code : -1
      resolve({ code, out, err })
    })
  })

/** `environment` sees the emulator and the folder; the variables it returns are added to those of this process. */
export const startRealClient = async (
  program: string,
  environment: (emulator: Emulator, folder: string) => NodeJS.ProcessEnv,
  options: EmulatorOptions = {}
): Promise<RealClient> => {
  const emulator = await startEmulator({ control: true, ...options })
  const folder = temporaryFolder(program)
  const env = { ...process.env, ...environment(emulator, folder) }

  const attempt = (...args: string[]) => runProgram(program, args, { cwd: folder, env })
  const run = async (...args: string[]) => {
    const { code, out, err } = await attempt(...args)
    if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}\n${out}\n${err}`)
    return out
  }
  const close = async () => {
    await emulator.close()
    fs.rmSync(folder, { recursive: true })
  }
  return { emulator, folder, attempt, run, close }
}

/** Bytes without a pattern, always the same for one seed. */
export const noise = (length: number, seed: string): Buffer => {
  const blocks: Buffer[] = []
  for (let made = 0; made < length; made += 64) {
    blocks.push(createHash("sha512").update(`${seed} ${made}`).digest())
  }
  return Buffer.concat(blocks).subarray(0, length)
}

/** Writes `files` below `folder`, by relative path. */
export const writeTree = (folder: string, files: Readonly<Record<string, string | Buffer>>): void => {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.join(folder, path.dirname(name)), { recursive: true })
    fs.writeFileSync(path.join(folder, name), content)
  }
}

/** Every file below `folder` with the SHA-1 of its content, by relative path. */
export const readTree = (folder: string): Record<string, string> => {
  const tree: Record<string, string> = {}
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath, entry.name)
    tree[path.relative(folder, file)] = createHash("sha1").update(fs.readFileSync(file)).digest("hex")
  }
  return Object.fromEntries(Object.entries(tree).sort())
}
