/** The terminal UI in figures: how soon it is there, what it takes while nothing and while something runs. */
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

const windowSize = "rows 40 cols 120"
const lookSeconds = 4
const files = 10_000
const fileBytes = 2_048

interface Opened {
  readonly script: ChildProcess
  readonly pid: number
  readonly skeletonMillis: number
  readonly frameMillis: number
  /** From when on keys are answered. */
  readonly answersMillis: Promise<number>
  /** Bytes and redraws since the last call. */
  readonly drawn: () => { readonly bytes: number; readonly redraws: number }
}

/** With which each redraw begins, in however many pieces it comes: the terminal is to show it at once. */
const beginsRedraw = "\u001b[?2026h"

const countOf = (text: string, part: string): number => text.split(part).length - 1

const seconds = (count: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, count * 1000))

const statOf = (pid: number): ReadonlyArray<string> => {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8")
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")
}

/** In ticks of 10 ms. */
const ticks = (pid: number): number => Number(statOf(pid)[11]) + Number(statOf(pid)[12])

const megabytes = (pid: number): number => (Number(statOf(pid)[21]) * 4096) / 1024 / 1024

/** As a shell takes it for one word. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** In a terminal of its own, by util-linux's `script`. */
const open = (program: ReadonlyArray<string>, environment: NodeJS.ProcessEnv): Promise<Opened> =>
  new Promise((resolve, reject) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-tui-bench-"))
    const pidFile = path.join(folder, "pid")
    const idleFile = path.join(folder, "idle")
    const command = `stty ${windowSize}; echo $$ > ${quoted(pidFile)}; exec ${program.map(quoted).join(" ")} tui`
    const began = performance.now()
    let [text, skeletonMillis, bytes, redraws] = ["", 0, 0, 0]
    let cut = ""
    const script = spawn("script", ["-qfc", command, "/dev/null"], {
      env: { ...environment, OURCLONE_TUI_IDLE: idleFile },
      stdio: ["pipe", "pipe", "ignore"]
    })
    const answersMillis = new Promise<number>((answer) => {
      const look = setInterval(() => {
        if (!fs.existsSync(idleFile)) return
        clearInterval(look)
        fs.rmSync(folder, { recursive: true, force: true })
        answer(performance.now() - began)
      }, 2)
    })
    script.once("error", reject)
    script.stdout?.on("data", (piece: Buffer) => {
      bytes += piece.length
      const seen = cut + piece.toString("latin1")
      redraws += countOf(seen, beginsRedraw)
      cut = seen.slice(1 - beginsRedraw.length)
      if (text === "opened") return
      text += piece.toString()
      if (skeletonMillis === 0 && text.includes("1 Storage")) skeletonMillis = performance.now() - began
      if (!text.includes("Commands")) return
      text = "opened"
      const frameMillis = performance.now() - began
      const pid = Number(fs.readFileSync(pidFile, "utf8"))
      const drawn = () => {
        const now = { bytes, redraws }
        bytes = 0
        redraws = 0
        return now
      }
      resolve({ script, pid, skeletonMillis, frameMillis, answersMillis, drawn })
    })
  })

const close = ({ script }: Opened): Promise<void> =>
  new Promise((resolve) => {
    script.once("close", () => resolve())
    script.stdin?.write("\u0003\u0003")
  })

const median = (all: ReadonlyArray<number>): number => all.toSorted((left, right) => left - right)[all.length >> 1] ?? 0

/** What a process takes and writes while nobody presses a key. */
const look = async ({ drawn, pid }: Opened) => {
  drawn()
  const before = ticks(pid)
  await seconds(lookSeconds)
  const { bytes, redraws } = drawn()
  return { core: (ticks(pid) - before) / lookSeconds, bytes: bytes / lookSeconds, redraws: redraws / lookSeconds }
}

const shown = ({ bytes, core, redraws }: Awaited<ReturnType<typeof look>>): string =>
  `${core.toFixed(1)} % of a core, ${redraws.toFixed(1)} redraws and ${Math.round(bytes)} bytes a second`

/** `program` is how `ourclone` is run. */
export const tuiFigures = async (program: ReadonlyArray<string>, runs: number): Promise<void> => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-bench-"))
  const environment = {
    ...process.env,
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
    OURCLONE_CONFIG: path.join(folder, "config.toml"),
    XDG_STATE_HOME: folder,
    NODE_COMPILE_CACHE: path.join(folder, "compiled")
  }
  try {
    const first = await open(program, environment)
    await first.answersMillis
    await close(first)
    const opened: Array<Opened> = []
    const answered: Array<number> = []
    for (let run = 0; run < runs; run++) {
      const one = await open(program, environment)
      answered.push(await one.answersMillis)
      opened.push(one)
      await close(one)
    }
    console.log(`\nthe terminal UI, 120×40 (median of ${runs})`)
    console.log(`first parts of the frame  ${Math.round(median(opened.map((one) => one.skeletonMillis)))} ms`)
    console.log(`first whole frame         ${Math.round(median(opened.map((one) => one.frameMillis)))} ms`)
    console.log(`keys are answered after    ${Math.round(median(answered))} ms`)

    const idle = await open(program, environment)
    await idle.answersMillis
    await seconds(2)
    console.log(`nothing runs              ${shown(await look(idle))}; ${Math.round(megabytes(idle.pid))} MB`)
    const source = path.join(folder, "source")
    fs.mkdirSync(source)
    for (let file = 0; file < files; file++)
      fs.writeFileSync(path.join(source, `${file}`), Buffer.alloc(fileBytes, file))
    const [file = "", ...words] = program
    const copying = spawn(file, [...words, "sync", "--bwlimit", "2M", source, path.join(folder, "destination")], {
      env: environment,
      stdio: "ignore"
    })
    await seconds(2)
    console.log(`${files} files are synced     ${shown(await look(idle))}; ${Math.round(megabytes(idle.pid))} MB`)
    copying.kill("SIGTERM")
    await close(idle)
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
