#!/usr/bin/env node
// Runs on whatever Node the machine has (18 or newer) and uses no dependency. It puts the pinned
// Node and pnpm on PATH, installs the workspace where needed, then runs what it was asked to.
import { spawn, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"

const usage = `usage: bootstrap.mjs COMMAND
  install             make sure that the toolchain and node_modules are there
  exec PROGRAM...     run a program with the pinned Node and node_modules/.bin on PATH
  test [VITEST...]    run every test; the last line is the count
  turbo TASK...       run tasks of turbo.json
  pnpm ARGS...        run the pinned pnpm
  node-path           print the path of the pinned Node
  path                print the folders to put on PATH`

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..")
const pins = path.join(root, "tooling", "toolchain")
const pinFiles = ["package.json", "package-lock.json"]
const manifest = JSON.parse(fs.readFileSync(path.join(pins, "package.json"), "utf8"))
const platform = `${process.platform}-${process.arch}`
const nodePackage = `node-${platform}`
const pnpmPackage = `@pnpm/exe.${platform}`
const started = Date.now()
const say = (text) => process.stderr.write(`bootstrap: ${text} (+${((Date.now() - started) / 1000).toFixed(1)} s)\n`)

// npm hands its settings to scripts as npm_* variables. A child npm or node-gyp would obey them
// (prefix, nodedir, ...), so only what is needed to reach the registry passes.
const keep = /^npm_config_(registry|cafile|ca|proxy|https_proxy|noproxy|cache|\/\/.*)$/i
const cleanEnv = Object.fromEntries(
  Object.entries(process.env).filter(([key]) => !/^npm_/i.test(key) || keep.test(key))
)

// A terminal sends Ctrl-C to the whole group: the child decides what it means, and this process
// lives on to clean up and to hand back the child's status.
process.on("SIGINT", () => {})

const statusOf = (code, signal) => code ?? 128 + (os.constants.signals[signal] ?? 1)

// Set-up steps write to standard error, so that standard output belongs to the command alone.
const setUp = (what, command, args, options) => {
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], ...options })
  if (result.error) throw result.error
  const status = statusOf(result.status, result.signal)
  if (status !== 0) throw new Error(`${what} failed with status ${status}`)
}

const run = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", env: environment(), ...options })
    for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
    child.on("error", reject)
    child.on("exit", (code, signal) => resolve(statusOf(code, signal)))
  })

const writable = (folder) => {
  try {
    fs.mkdirSync(folder, { recursive: true })
    fs.accessSync(folder, fs.constants.W_OK)
    return true
  } catch {
    return false
  }
}

const pinKey = (() => {
  const hash = createHash("sha256")
  for (const file of pinFiles) hash.update(fs.readFileSync(path.join(pins, file)))
  return `${platform}-${hash.digest("hex").slice(0, 12)}`
})()

const userCache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache")
const ownCache = path.join(root, ".cache")

const home = (() => {
  const candidates = process.env.OURCLONE_TOOLCHAIN
    ? [path.resolve(process.env.OURCLONE_TOOLCHAIN)]
    : [path.join(userCache, "ourclone", "toolchain"), path.join(ownCache, "toolchain")]
  const installed = candidates.find((folder) => fs.existsSync(path.join(folder, pinKey)))
  const folder = installed ?? candidates.find(writable)
  if (!folder) {
    throw new Error(`no folder for the toolchain is writable: ${candidates.join(", ")}. Set OURCLONE_TOOLCHAIN`)
  }
  return path.join(folder, pinKey)
})()

// Without a writable home folder npm drops packages silently and pnpm stops: they get one in the checkout.
const homeless = () =>
  writable(userCache)
    ? {}
    : {
        HOME: ownCache,
        XDG_CACHE_HOME: ownCache,
        XDG_DATA_HOME: ownCache,
        XDG_STATE_HOME: ownCache,
        npm_config_cache: path.join(ownCache, "npm")
      }

const nodeBin = path.join(home, "node_modules", nodePackage, "bin")
const pnpm = path.join(home, "node_modules", pnpmPackage, "pnpm")
const bin = path.join(root, "node_modules", ".bin")
const folders = [nodeBin, path.dirname(pnpm), bin]
const environment = () => ({
  ...cleanEnv,
  PATH: [...folders, process.env.PATH].join(path.delimiter),
  npm_config_nodedir: path.join(home, "node_modules", nodePackage), // its headers, should an addon ever have to be compiled
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1"
})

const installToolchain = () => {
  if (fs.existsSync(home)) return
  for (const name of [nodePackage, pnpmPackage]) {
    if (!manifest.optionalDependencies[name]) {
      throw new Error(`no ${name} is pinned for this machine: OurClone is developed on Linux, x64 or arm64`)
    }
  }
  say(
    `installing Node ${manifest.optionalDependencies[nodePackage]} and pnpm ${manifest.optionalDependencies[pnpmPackage]}`
  )
  const half = `${home}.${process.pid}`
  fs.mkdirSync(half, { recursive: true })
  try {
    for (const file of pinFiles) fs.copyFileSync(path.join(pins, file), path.join(half, file))
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    const cli = process.env.npm_execpath
    const [command, ...first] = cli?.endsWith("npm-cli.js") ? [process.execPath, cli] : ["npm"]
    setUp("npm ci of the toolchain", command, [...first, ...args], { cwd: half, env: { ...cleanEnv, ...homeless() } })
    // npm says nothing when it leaves out an optional dependency, for example because a download failed
    for (const name of [nodePackage, pnpmPackage]) {
      if (fs.existsSync(path.join(half, "node_modules", name))) continue
      throw new Error(`npm could not download ${name}. Is the npm registry reachable? Run the command again`)
    }
    try {
      fs.renameSync(half, home)
    } catch (error) {
      if (!fs.existsSync(home)) throw error // else another run was first, and its copy serves
    }
  } finally {
    fs.rmSync(half, { recursive: true, force: true })
  }
}

const workspaceStamp = () => {
  const hash = createHash("sha256").update(pinKey)
  const children = (folder) =>
    fs.existsSync(path.join(root, folder))
      ? fs
          .readdirSync(path.join(root, folder))
          .sort()
          .map((name) => `${folder}/${name}`)
      : []
  const projects = [".", ...children("packages"), ...children("apps"), "tooling", "tooling/b2-emulator"]
  const files = ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...projects.map((project) => `${project}/package.json`)]
  for (const file of files) {
    if (fs.existsSync(path.join(root, file))) hash.update(file).update(fs.readFileSync(path.join(root, file)))
  }
  return hash.digest("hex")
}

const stampFile = path.join(root, "node_modules", ".bootstrap")
// What only running needs is a part of it, and is told by a word behind the stamp.
const forRunning = " for running"
const isInstalled = (stamp, isForRunning) => {
  const found = fs.existsSync(stampFile) ? fs.readFileSync(stampFile, "utf8") : ""
  return found === stamp || (isForRunning && found === stamp + forRunning)
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === "EPERM"
  }
}

// Two installs in one checkout would trip over each other: the second waits for the first.
const withInstallLock = (body) => {
  const lock = path.join(root, ".cache", "install.lock")
  fs.mkdirSync(path.dirname(lock), { recursive: true })
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: "wx" })
      break
    } catch (error) {
      if (error.code !== "EEXIST") throw error
      const holder = Number(fs.existsSync(lock) ? fs.readFileSync(lock, "utf8") : 0)
      if (holder > 0 && !isAlive(holder)) fs.rmSync(lock, { force: true })
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
    }
  }
  try {
    return body()
  } finally {
    fs.rmSync(lock, { force: true })
  }
}

// ./ourclone reads this file, and starts the pinned Node without a detour through this program.
const rememberNode = () => {
  try {
    fs.writeFileSync(path.join(root, "node_modules", ".bootstrap-node"), `${path.join(nodeBin, "node")}\n`)
  } catch {} // somebody else's checkout: the detour works, too
}

// Packages find the one that all of them build on as if they had been installed with it.
const runningOnly = ["--prod", "--filter=@ourclone/cli...", "--config.public-hoist-pattern=effect"]

const installWorkspace = (isForRunning = false) => {
  const stamp = workspaceStamp()
  if (isInstalled(stamp, isForRunning)) return
  withInstallLock(() => {
    if (isInstalled(stamp, isForRunning)) return
    const args = ["install", "--frozen-lockfile", ...(isForRunning ? runningOnly : [])]
    say(`pnpm ${args.join(" ")}`)
    const quietly = ["--prefer-offline", "--reporter=append-only"]
    setUp("pnpm install", pnpm, [...args, ...quietly], { env: { ...environment(), ...homeless(), CI: "true" } })
    fs.writeFileSync(stampFile, isForRunning ? stamp + forRunning : stamp)
  })
}

const main = async (command, ...args) => {
  if (!["install", "exec", "test", "turbo", "pnpm", "node-path", "path"].includes(command)) throw new Error(usage)
  installToolchain()
  if (command === "path") return console.log(folders.join(path.delimiter))
  if (command === "pnpm") return run(pnpm, args)
  installWorkspace(command === "node-path")
  if (command === "install") return rememberNode()
  if (command === "node-path") {
    rememberNode()
    return console.log(path.join(nodeBin, "node"))
  }
  if (command === "turbo") return run(path.join(bin, "turbo"), ["run", ...args], { cwd: root })
  if (command === "test") {
    const { runTests } = await import("./run-tests.mjs")
    const runInRoot = (program, programArgs, variables) =>
      run(program, programArgs, { cwd: root, env: { ...environment(), ...variables } })
    return runTests(runInRoot, say, args)
  }
  if (args.length === 0) throw new Error(usage)
  return run(args[0], args.slice(1))
}

main(...process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status ?? 0
  },
  (error) => {
    process.stderr.write(`bootstrap: ${error.message}\n`)
    process.exitCode = 1
  }
)
