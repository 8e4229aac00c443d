/** Completion as somebody at a terminal has it: a shell in a pseudo-terminal, Tab, and the words that its command gets then. */
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { startEmulator } from "@ourclone/b2-emulator/Emulator"
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest"

const main = path.join(import.meta.dirname, "..", "..", "src", "main.ts")
const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-shells-")))
const at = (...names: ReadonlyArray<string>): string => path.join(folder, ...names)
const has = (command: string): boolean => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0

const shells: { readonly [shell: string]: ReadonlyArray<string> } = {
  bash: ["bash --norc --noprofile -i", "PS1='> '", `. ${at("completion.bash")}`],
  zsh: ["zsh -f -i", "PS1='> '; bindkey -e", "autoload -U compinit && compinit -u -D", `. ${at("completion.zsh")}`],
  fish: ["fish --no-config -i", "function fish_prompt; echo '> '; end", `source ${at("completion.fish")}`]
}

/** Puts the words of its command into the file `got`. */
const tell = `#!/bin/sh
for word; do echo "$word"; done >"${at("got.part")}"
mv "${at("got.part")}" "${at("got")}"
`

let environment: Record<string, string> = {}
let close = async (): Promise<void> => {}

const writeProgram = (name: string, text: string): void => fs.writeFileSync(at("bin", name), text, { mode: 0o755 })

beforeAll(async () => {
  const emulator = await startEmulator({})
  close = () => emulator.close()
  environment = {
    PATH: `${at("bin")}:${process.env.PATH}`,
    HOME: folder,
    TERM: "dumb",
    B2_APPLICATION_KEY_ID: emulator.keyId,
    B2_APPLICATION_KEY: emulator.key,
    B2_ENDPOINT: emulator.endpoint
  }
  for (const name of ["bin", "here/some folder"]) fs.mkdirSync(at(name), { recursive: true })
  for (const name of ["here/some folder/a file", "here/plain.txt"]) fs.writeFileSync(at(name), name)
  writeProgram("tell", tell)
  writeProgram(
    "ourclone",
    `#!/bin/sh\nexec "${process.execPath}" --disable-warning=ExperimentalWarning "${main}" "$@"\n`
  )
  const stored = spawn("ourclone", ["copy", at("here"), "b2:photo-archive/holiday pictures"], { env: environment })
  expect(await new Promise((resolve) => stored.once("close", resolve))).toBe(0)
  for (const shell of Object.keys(shells)) {
    const { stdout } = spawnSync("ourclone", ["completion", shell], { env: environment, encoding: "utf8" })
    fs.writeFileSync(at(`completion.${shell}`), stdout)
  }
}, 240_000)

afterAll(async () => {
  await close()
  fs.rmSync(folder, { recursive: true, force: true })
})

const patience = { timeout: 120_000, interval: 20 }

/** Types each line and Tab; gives the words that the command got. */
const completing = async (shell: string) => {
  const [start = "", ...setup] = shells[shell]!
  const terminal = spawn("script", ["-qec", start, "/dev/null"], {
    cwd: at("here"),
    env: { ...environment, SHELL: "/bin/sh" },
    stdio: ["pipe", "ignore", "ignore"]
  })
  onTestFinished(() => void terminal.kill("SIGKILL"))
  const got = async (typed: string): Promise<ReadonlyArray<string>> => {
    fs.rmSync(at("got"), { force: true })
    terminal.stdin.write(typed)
    await expect.poll(() => fs.existsSync(at("got")), patience).toBe(true)
    return fs.readFileSync(at("got"), "utf8").trimEnd().split("\n")
  }
  for (const command of setup) await got(`${command}; tell\n`)
  // Ctrl-A goes to the begin of the line, once Tab has been heard.
  return async (line: string) => (await got(`${line}\t\u0001tell \n`)).slice(1)
}

const isThere = has("script")

describe.each(Object.keys(shells))("Tab in %s", (shell) => {
  test.runIf(isThere && has(shell))(
    "completes commands, flags, local paths, remotes, buckets, and what is stored there",
    { timeout: 600_000 },
    async () => {
      const words = await completing(shell)
      expect(await words("ourclone undel")).toEqual(["undelete"])
      expect(await words("ourclone copy --dry-r")).toEqual(["copy", "--dry-run"])
      expect(await words("ourclone copy plai")).toEqual(["copy", "plain.txt"])
      expect(await words("ourclone copy some\\ folder/")).toEqual(["copy", "some folder/a file"])
      expect(await words("ourclone ls b2:photo-ar")).toEqual(["ls", "b2:photo-archive/"])
      expect(await words("ourclone ls b2:photo-archive/hol")).toEqual(["ls", "b2:photo-archive/holiday pictures/"])
      expect(await words("ourclone cat 'b2:photo-archive/holiday pictures/pl")).toEqual([
        "cat",
        "b2:photo-archive/holiday pictures/plain.txt"
      ])
    }
  )
})
