/** The service from its start to its end. */

import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import * as Scrubber from "@ourclone/core/configuration/Scrubber"
import type { Surroundings } from "@ourclone/core/configuration/Secret"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import type { RunnerProgram } from "@ourclone/tasks/host/RunnerProcess"
import * as TaskHost from "@ourclone/tasks/host/TaskHost"
import * as OpenStore from "@ourclone/tasks/store/OpenStore"
import { retention } from "@ourclone/tasks/store/Prune"
import * as SqliteDatabase from "@ourclone/tasks/store/SqliteDatabase"
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import { mayRun } from "@ourclone/tasks/task/OtherMachines"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import * as Attempts from "./access/Attempts.ts"
import * as Audit from "./access/Audit.ts"
import * as Password from "./access/Password.ts"
import * as People from "./access/People.ts"
import * as SetUp from "./access/SetUp.ts"
import { Unavailable } from "./api/Problem.ts"
import * as ApiHandler from "./http/ApiHandler.ts"
import * as App from "./http/App.ts"
import { isLoopback, type ListenOptions, listen } from "./http/Listen.ts"
import * as Metrics from "./http/Metrics.ts"
import type { ServiceShape } from "./http/Service.ts"
import * as StaticPage from "./http/StaticPage.ts"
import * as PlaceGuard from "./places/PlaceGuard.ts"
import * as TaskPlaces from "./places/TaskPlaces.ts"
import { ServeFailed } from "./ServeFailed.ts"
import * as SideAnswers from "./side/SideAnswers.ts"
import * as SideProcess from "./side/SideProcess.ts"
import { serviceFile } from "./state/ServiceFile.ts"
import * as ServiceOwner from "./state/ServiceOwner.ts"
import * as Settings from "./state/Settings.ts"
import { steps } from "./state/steps.ts"

export interface ServeOptions {
  readonly listen: ListenOptions
  /** Listen without TLS where others can hear it. */
  readonly allowHttp: boolean
  readonly allowedHosts: ReadonlyArray<string>
  /** Absolute folders of this machine that callers may use. */
  readonly roots: ReadonlyArray<string>
  /** Folders of the program's own that no caller may use, beside those of its state and configuration. */
  readonly ownFolders?: ReadonlyArray<string>
  /** How long whoever sends something may say nothing; a minute when absent. */
  readonly patienceMillis?: number | undefined
  /** Of the first admin, where the link is not to be used: as in a container. */
  readonly password: string | undefined
  readonly version: string
  readonly runner: RunnerProgram
  /** Where references of the configuration lead. */
  readonly surroundings?: Surroundings
  readonly side: SideProcess.SideProgram
  /** The built page, if there is one. */
  readonly page: string | undefined
  /** Called once it answers. */
  readonly onReady?: () => void
  /** Takes lines for people; what is secret in them is `xxx`. */
  readonly say: (line: string) => void
}

const stateFailed = (error: TaskError): ServeFailed => new ServeFailed({ message: error.message })

/** Whoever waits for an answer waits no longer than this for those who write the journal. */
const busyMillis = 5
const minuteMillis = 60_000
/** How often whoever hears of figures by itself is told of tasks. */
const figuresMillis = 10_000
const dayMillis = 24 * 3_600_000

const isEverywhere = (address: string): boolean => address === "::" || address === "0.0.0.0"

const checkAddresses = ({ allowHttp, listen: { addresses, tls } }: ServeOptions) => {
  const open = addresses.find((address) => !isLoopback(address))
  if (open === undefined || tls !== undefined || allowHttp) return Effect.void
  const message = `${isEverywhere(open) ? "at all addresses" : `at ${open}`} others could read passwords on their way: give the service a certificate by --tls-certificate and --tls-key, or say --allow-http where a proxy or a private network protects it`
  return Effect.fail(new ServeFailed({ message }))
}

const openState = Effect.fnUntraced(function* (stateDirectory: string, where: string) {
  const database = yield* Effect.acquireRelease(
    Effect.try({
      try: () => SqliteDatabase.open(serviceFile(stateDirectory), { steps }),
      catch: (error) => new ServeFailed({ message: error instanceof Error ? error.message : String(error) })
    }),
    (opened) => Effect.sync(opened.close)
  )
  const taken = ServiceOwner.take(database, where)
  if (taken !== undefined) return yield* new ServeFailed({ message: taken })
  yield* Effect.addFinalizer(() => Effect.sync(() => ServiceOwner.release(database)))
  return database
})

/** Not every browser opens an address that stands for all. */
const linkOf = ([url = "http://localhost"]: ReadonlyArray<string>): string =>
  url.replace(/\/\/(?:0\.0\.0\.0|\[::\])/, "//localhost")

const describe = ({ listen: { addresses, port, socket } }: ServeOptions): string =>
  [...addresses.map((address) => `${address}:${port}`), ...(socket === undefined ? [] : [socket])].join(", ")

/** Fails where there is no such password to be had: the service would be open to whoever comes with the link. */
const addFirstAdmin = Effect.fnUntraced(function* (people: People.People, password: string | undefined) {
  if (password === undefined || people.isSetUp()) return
  if (password.length < 10) {
    return yield* new ServeFailed({
      message: "the first admin's password is too short: it takes at least 10 characters"
    })
  }
  people.add("admin", "admin", yield* Password.hash(password))
})

const hostSettings = (settings: Settings.ServiceSettings) =>
  Effect.sync((): TaskHost.HostSettings => {
    const { keepFactsDays, keepTasksDays, runningAtOnce } = settings.get()
    return {
      atOnce: runningAtOnce,
      retention: { ...retention, factsMillis: keepFactsDays * dayMillis, tasksMillis: keepTasksDays * dayMillis }
    }
  })

/** What no caller may use. The folder of the configuration is its own, unless somebody keeps it among what is allowed. */
const ownFiles = (
  configuration: string,
  { cacheDirectory, home, stateDirectory }: ThisMachine["Service"],
  { ownFolders = [], roots }: ServeOptions
): ReadonlyArray<string> => {
  const folder = path.dirname(configuration)
  const isShared = [...roots, home].some((root) => `${root}${path.sep}`.startsWith(`${folder}${path.sep}`))
  return [configuration, stateDirectory, cacheDirectory, ...ownFolders, ...(isShared ? [] : [folder])]
}

/** Lines for the log without what is secret now: secrets come and go while the service runs, and lines are few. */
const scrubbed =
  ({ configurationFile, factories }: Remotes["Service"], { say, surroundings }: ServeOptions) =>
  (line: string): void => {
    const secrets = Scrubber.secretsOf(configurationFile, factories, surroundings?.environment ?? {})
    say(Scrubber.make(Effect.runSync(secrets))(line))
  }

/** Runs until it is interrupted. What runs then goes on in its own process, and the next service finds it. */
export const serve = Effect.fnUntraced(function* (
  options: ServeOptions
): Effect.fn.Return<never, ServeFailed, Remotes | ThisMachine | Scope.Scope> {
  const { surroundings } = options
  yield* checkAddresses(options)
  const remotes = yield* Remotes
  const say = scrubbed(remotes, options)
  const machine = yield* ThisMachine
  const clock = Date.now
  const database = yield* openState(machine.stateDirectory, describe(options))
  const people = People.make(database, clock)
  yield* addFirstAdmin(people, options.password)
  const settings = Settings.make(database)
  const store = yield* Effect.mapError(OpenStore.open(machine, { busyMillis }), stateFailed)
  const owner = ProcessIdentity.current()
  const side = yield* SideProcess.make({ program: options.side })
  const roots = {
    roots: options.roots,
    closed: ownFiles(remotes.configurationFile, machine, options)
  }
  const guard = PlaceGuard.make({
    remotes,
    isWhole: options.roots.includes("/"),
    judge: (names) =>
      Effect.mapError(
        SideAnswers.verdicts(side, { _tag: "Judge", ...roots, names }),
        (problem) => new Unavailable({ code: problem.code, detail: problem.message })
      )
  })
  const host = yield* TaskHost.make({
    store,
    owner,
    ...(machine.database === undefined
      ? {}
      : { mayRun: (task) => Effect.provideService(mayRun(owner.host, task), Remotes, remotes) }),
    refusal: TaskPlaces.refusal(guard, store),
    program: options.runner,
    settings: hostSettings(settings),
    notifications: surroundings && { configuration: remotes.configurationFile, surroundings },
    ownFolder: machine.stateDirectory,
    onProblem: say
  })
  const stopping = new AbortController()
  const setUp = SetUp.make(people.isSetUp(), clock)
  const service: ServiceShape = {
    people,
    attempts: Attempts.make(database, clock),
    audit: Audit.make(database, clock),
    setUp,
    settings,
    tasks: store,
    host,
    remotes,
    side,
    guard,
    roots,
    patienceMillis: options.patienceMillis ?? minuteMillis,
    stopping: stopping.signal,
    clock,
    surroundings,
    sharedAs: machine.database === undefined ? undefined : owner.host,
    about: {
      version: options.version,
      host: os.hostname(),
      platform: process.platform,
      startedAt: clock(),
      roots: options.roots,
      isTls: options.listen.tls !== undefined,
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone
    }
  }
  const api = yield* Effect.acquireRelease(
    Effect.sync(() => ApiHandler.make(service, say)),
    ({ dispose }) => Effect.promise(dispose)
  )
  const page = StaticPage.load(options.page !== undefined && fs.existsSync(options.page) ? options.page : undefined)
  const { addresses, trustedProxies } = options.listen
  const tracer = yield* Effect.tracer
  if (tracer !== Tracer.nativeTracer) {
    yield* Effect.forkScoped(
      Effect.forever(Effect.andThen(Effect.ignore(Metrics.noteTasks(store)), Effect.sleep(figuresMillis)))
    )
  }
  const app = App.make({
    context: yield* Effect.context<never>(),
    service,
    api,
    page,
    allowedHosts: [...addresses, ...options.allowedHosts],
    // A name or a proxy of its own says that others come by it.
    hasOpenMetrics: addresses.every(isLoopback) && options.allowedHosts.length + trustedProxies.length === 0,
    isReady: () => !stopping.signal.aborted,
    say
  })
  const { urls } = yield* listen((request, bindings) => app.fetch(request, bindings), options.listen)
  // Before the servers close: what streams ends by itself.
  yield* Effect.addFinalizer(() => Effect.sync(() => stopping.abort()))
  for (const url of urls) say(`listening at ${url}`)
  if (options.listen.socket !== undefined) say(`listening at unix:${options.listen.socket}`)
  if (!page.isBuilt)
    say("the page is not built: npm run build in the checkout makes it; API and command line work without it")
  if (options.roots.length === 0) say("no folder of this machine may be used; --root allows some")
  const ticket = setUp.ticket()
  if (ticket !== undefined) say(`set it up within 15 minutes: ${linkOf(urls)}/setup#${ticket}`)
  options.onReady?.()
  return yield* Effect.never
}, Effect.scoped)
