/** A server of Postgres for a test, in a folder of its own; it ends with whoever started it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

/** Where Debian puts it; else it must be on the PATH. */
const debian = "/usr/lib/postgresql"

const folders = (): ReadonlyArray<string> => {
  if (!fs.existsSync(debian)) return []
  return fs.readdirSync(debian).map((version) => path.join(debian, version, "bin"))
}

const isThere = (program: string): boolean => {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

/** The folder of its programs; "" where they are on the PATH. */
const bin: string | undefined = [...folders(), ""].find((folder) => isThere(path.join(folder, "initdb")))

const idOf = (letter: "u" | "g"): number | undefined => {
  try {
    return Number(
      execFileSync("id", [`-${letter}`, "postgres"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
    )
  } catch {
    return undefined
  }
}

const isRoot = process.getuid?.() === 0
/** It does not run as root. */
const user = isRoot ? { uid: idOf("u"), gid: idOf("g") } : {}

/** Why there can be none; undefined where it can. */
export const missing: string | undefined =
  bin === undefined
    ? "no initdb: Debian's package postgresql brings it"
    : isRoot && user.uid === undefined
      ? "there is no user postgres, and Postgres does not run as root"
      : undefined

export interface PostgresServer {
  readonly port: number
  /** Makes a database of that name, and gives its address. */
  readonly create: (name: string) => string
  /** Runs SQL as its owner. */
  readonly sql: (database: string, statement: string) => string
  /** Ends it as a crash would, and starts it again at the same port. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer().once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })

const longestStart = 600

/** Runs a program until its standard input ends, which it does when whoever started it is gone. */
const untilInputEnds = `"$@" & child=$!; read -r _; kill -QUIT $child; wait $child`

export const start = async (): Promise<PostgresServer> => {
  if (bin === undefined || missing !== undefined) throw new Error(missing)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-postgres-"))
  if (user.uid !== undefined && user.gid !== undefined) fs.chownSync(folder, user.uid, user.gid)
  const data = path.join(folder, "data")
  const run = (program: string, words: ReadonlyArray<string>): string =>
    execFileSync(path.join(bin, program), words, {
      ...user,
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"]
    })
  run("initdb", ["-D", data, "-U", "ourclone", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"])
  const port = await freePort()
  const sql = (database: string, statement: string): string =>
    run("psql", ["-h", "127.0.0.1", "-p", `${port}`, "-U", "ourclone", "-d", database, "-qAtc", statement])
  let server: ChildProcess
  const begin = async (): Promise<void> => {
    const words = [
      "-D",
      data,
      "-p",
      `${port}`,
      "-c",
      "listen_addresses=127.0.0.1",
      "-c",
      `unix_socket_directories=${folder}`
    ]
    const script = ["-c", untilInputEnds, "sh", path.join(bin, "postgres"), ...words, "-c", "fsync=off"]
    server = spawn("sh", script, { ...user, cwd: folder, stdio: ["pipe", "ignore", "ignore"] })
    for (let tries = 0; ; tries++) {
      try {
        sql("postgres", "select 1")
        return
      } catch (error) {
        if (tries > longestStart || server.exitCode !== null) throw error
        await sleep(100)
      }
    }
  }
  const end = (): Promise<unknown> => {
    if (server.exitCode !== null) return Promise.resolve()
    const ended = new Promise((resolve) => server.once("exit", resolve))
    server.stdin?.end()
    return ended
  }
  await begin()
  return {
    port,
    sql,
    create: (name) => {
      sql("postgres", `create database ${name}`)
      return `postgres://ourclone@127.0.0.1:${port}/${name}`
    },
    restart: async () => {
      await end()
      await begin()
    },
    stop: async () => {
      await end()
      fs.rmSync(folder, { recursive: true, force: true })
    }
  }
}
