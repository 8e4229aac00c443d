/** Every address of the page, and what must be known before its screen is shown. */
import type { QueryClient } from "@tanstack/react-query"
import { createRootRouteWithContext, createRoute, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router"
import { ProblemError } from "./api/call.ts"
import type { Live } from "./api/live.ts"
import * as queries from "./api/queries.ts"
import { failedTasks, type TabName, tabs, task, taskList, tasksOfKind } from "./api/tasks.ts"
import { SignedIn } from "./shell/SignedIn.tsx"

export interface PageContext {
  readonly client: QueryClient
  readonly live: Live
}

const text = (value: unknown): string | undefined => {
  // The router reads what looks like a number as one.
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  return typeof value === "string" && value !== "" ? value : undefined
}
const texts = (value: unknown): ReadonlyArray<string> | undefined => {
  const all = (Array.isArray(value) ? value : [value]).map(text).filter((one) => one !== undefined)
  return all.length === 0 ? undefined : all
}
type Said<Search> = { readonly [Name in keyof Search]?: Search[Name] | undefined }
/** Only what is said stands in the address. */
const said = <const Search extends object>(search: Search): Said<Search> =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as Said<Search>

const root = createRootRouteWithContext<PageContext>()({ component: Outlet })

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: ({ next }) => said({ next: text(next) }),
  beforeLoad: async ({ context }) => {
    const state = await context.client.fetchQuery(queries.setUpState).catch(() => undefined)
    if (state?.isSetUp === false) throw redirect({ to: "/setup" })
  },
  component: lazyRouteComponent(() => import("./screens/door/SignIn.tsx"), "SignIn")
})

const setUp = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("./screens/door/SetUp.tsx"), "SetUp")
})

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signedIn",
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(queries.session)
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 401) throw error
      const next = location.href === "/" ? undefined : location.href
      throw redirect({ to: "/sign-in", search: said({ next }) })
    }
  },
  loader: ({ context: { client } }) =>
    Promise.all([client.ensureQueryData(queries.about), client.ensureInfiniteQueryData(taskList("active"))]),
  component: SignedIn
})

const overview = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  loader: ({ context: { client } }) =>
    Promise.all([
      client.ensureQueryData(queries.remotes),
      client.ensureQueryData(queries.repositories),
      client.ensureQueryData(queries.schedules),
      client.ensureQueryData(failedTasks),
      client.ensureQueryData(tasksOfKind("backup")),
      client.ensureInfiniteQueryData(taskList("all"))
    ]),
  component: lazyRouteComponent(() => import("./screens/overview/Overview.tsx"), "Overview")
})

const storage = createRoute({
  getParentRoute: () => signedIn,
  path: "/storage",
  loader: ({ context: { client } }) =>
    Promise.all([client.ensureQueryData(queries.remotes), client.ensureQueryData(queries.storageTypes)]),
  component: lazyRouteComponent(() => import("./screens/storage/StorageList.tsx"), "StorageList")
})

const storageNew = createRoute({
  getParentRoute: () => signedIn,
  // No storage or repository can have this name.
  path: "/storage/~new",
  validateSearch: ({ type }) => said({ type: text(type) }),
  loader: ({ context: { client } }) =>
    Promise.all([client.ensureQueryData(queries.remotes), client.ensureQueryData(queries.storageTypes)]),
  component: lazyRouteComponent(() => import("./screens/storage/AddStorage.tsx"), "AddStorage")
})

const storageOne = createRoute({
  getParentRoute: () => signedIn,
  path: "/storage/$name",
  validateSearch: ({ change }) => said({ change: change === "key" || change === "options" ? change : undefined }),
  loader: ({ context: { client }, params }) =>
    Promise.all([client.ensureQueryData(queries.remote(params.name)), client.ensureQueryData(queries.storageTypes)]),
  component: lazyRouteComponent(() => import("./screens/storage/StorageDetail.tsx"), "StorageDetail")
})

const browse = createRoute({
  getParentRoute: () => signedIn,
  path: "/browse",
  validateSearch: ({ at, other, versions }) => said({ at: text(at), other: text(other), versions: text(versions) }),
  loader: ({ context: { client } }) =>
    Promise.all([client.ensureQueryData(queries.remotes), client.ensureQueryData(queries.storageTypes)]),
  component: lazyRouteComponent(() => import("./screens/browse/Browse.tsx"), "Browse")
})

const modeOf = (mode: unknown): "copy" | "move" | "sync" | undefined =>
  mode === "copy" || mode === "move" || mode === "sync" ? mode : undefined

const migrate = createRoute({
  getParentRoute: () => signedIn,
  path: "/migrate",
  validateSearch: ({ from, include, mode, to }) =>
    said({ from: text(from), to: text(to), mode: modeOf(mode), include: texts(include) }),
  loader: ({ context: { client } }) =>
    Promise.all([client.ensureQueryData(queries.remotes), client.ensureQueryData(queries.storageTypes)]),
  component: lazyRouteComponent(() => import("./screens/migrate/Migrate.tsx"), "Migrate")
})

const isTab = (tab: unknown): tab is TabName => typeof tab === "string" && Object.hasOwn(tabs, tab)

const tasks = createRoute({
  getParentRoute: () => signedIn,
  path: "/tasks",
  validateSearch: ({ find, tab }) => said({ tab: isTab(tab) ? tab : undefined, find: text(find) }),
  loaderDeps: ({ search }) => ({ tab: search.tab ?? "all" }),
  loader: ({ context: { client }, deps }) => client.ensureInfiniteQueryData(taskList(deps.tab)),
  component: lazyRouteComponent(() => import("./screens/tasks/TaskList.tsx"), "TaskList")
})

const views = ["now", "failed", "skipped", "log", "request"] as const
export type TaskView = (typeof views)[number]
const viewOf = (view: unknown): TaskView | undefined => views.find((one) => one === view)

const taskOne = createRoute({
  getParentRoute: () => signedIn,
  path: "/tasks/$id",
  validateSearch: ({ code, view }) => said({ view: viewOf(view), code: text(code) }),
  loader: ({ context: { client }, params }) =>
    Promise.all([client.ensureQueryData(task(params.id)), client.ensureQueryData(queries.causes(params.id))]),
  component: lazyRouteComponent(() => import("./screens/tasks/TaskDetail.tsx"), "TaskDetail")
})

const taskUndo = createRoute({
  getParentRoute: () => signedIn,
  path: "/tasks/$id/undo",
  loader: ({ context: { client }, params }) => client.ensureQueryData(task(params.id)),
  component: lazyRouteComponent(() => import("./screens/tasks/UndoTask.tsx"), "UndoTask")
})

const backup = createRoute({
  getParentRoute: () => signedIn,
  path: "/backup",
  loader: ({ context: { client } }) =>
    Promise.all([
      client.ensureQueryData(queries.repositories),
      ...["backup", "checkRepository", "drill"].map((kind) => client.ensureQueryData(tasksOfKind(kind)))
    ]),
  component: lazyRouteComponent(() => import("./screens/backup/RepositoryList.tsx"), "RepositoryList")
})

const backupNew = createRoute({
  getParentRoute: () => signedIn,
  path: "/backup/~new",
  loader: ({ context: { client } }) =>
    Promise.all([client.ensureQueryData(queries.remotes), client.ensureQueryData(queries.repositories)]),
  component: lazyRouteComponent(() => import("./screens/backup/NewRepository.tsx"), "NewRepository")
})

const repositoryOne = createRoute({
  getParentRoute: () => signedIn,
  path: "/backup/$repository",
  validateSearch: ({ find, view }) =>
    said({ find: text(find), view: view === "care" || view === "find" ? view : undefined }),
  loader: ({ context: { client } }) =>
    Promise.all([
      client.ensureQueryData(queries.repositories),
      ...["checkRepository", "drill"].map((kind) => client.ensureQueryData(tasksOfKind(kind)))
    ]),
  component: lazyRouteComponent(() => import("./screens/backup/RepositoryDetail.tsx"), "RepositoryDetail")
})

const newBackup = createRoute({
  getParentRoute: () => signedIn,
  path: "/backup/$repository/new",
  loader: ({ context: { client } }) =>
    Promise.all([client.ensureQueryData(queries.about), client.ensureQueryData(queries.repositories)]),
  component: lazyRouteComponent(() => import("./screens/backup/NewBackup.tsx"), "NewBackup")
})

const snapshotOne = createRoute({
  getParentRoute: () => signedIn,
  path: "/backup/$repository/$snapshot",
  validateSearch: ({ against, folder }) => said({ folder: text(folder), against: text(against) }),
  component: lazyRouteComponent(() => import("./screens/backup/SnapshotDetail.tsx"), "SnapshotDetail")
})

const restore = createRoute({
  getParentRoute: () => signedIn,
  path: "/backup/$repository/$snapshot/restore",
  validateSearch: ({ select }) => said({ select: texts(select) }),
  loader: ({ context: { client } }) => client.ensureQueryData(queries.about),
  component: lazyRouteComponent(() => import("./screens/backup/Restore.tsx"), "Restore")
})

const schedules = createRoute({
  getParentRoute: () => signedIn,
  path: "/schedules",
  loader: ({ context: { client } }) => client.ensureQueryData(queries.schedules),
  component: lazyRouteComponent(() => import("./screens/schedules/ScheduleList.tsx"), "ScheduleList")
})

const scheduleNew = createRoute({
  getParentRoute: () => signedIn,
  path: "/schedules/new",
  validateSearch: ({ kind, request }) => said({ kind: text(kind), request: text(request) }),
  loader: ({ context: { client } }) =>
    Promise.all([client.ensureQueryData(queries.repositories), client.ensureQueryData(queries.about)]),
  component: lazyRouteComponent(() => import("./screens/schedules/NewSchedule.tsx"), "NewSchedule")
})

const scheduleOne = createRoute({
  getParentRoute: () => signedIn,
  path: "/schedules/$id",
  loader: ({ context: { client } }) => client.ensureQueryData(queries.schedules),
  component: lazyRouteComponent(() => import("./screens/schedules/ChangeSchedule.tsx"), "ChangeSchedule")
})

const mounts = createRoute({
  getParentRoute: () => signedIn,
  path: "/mounts",
  component: lazyRouteComponent(() => import("./screens/mounts/MountList.tsx"), "MountList")
})

const mountNew = createRoute({
  getParentRoute: () => signedIn,
  path: "/mounts/new",
  validateSearch: ({ place }) => said({ place: text(place) }),
  component: lazyRouteComponent(() => import("./screens/mounts/NewMount.tsx"), "NewMount")
})

const settingsScreen = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings",
  loader: ({ context: { client } }) =>
    Promise.all([client.ensureQueryData(queries.settings), client.ensureQueryData(queries.rates)]),
  component: lazyRouteComponent(() => import("./screens/settings/General.tsx"), "General")
})

const tokens = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/tokens",
  loader: ({ context: { client } }) => client.ensureQueryData(queries.tokens),
  component: lazyRouteComponent(() => import("./screens/settings/Tokens.tsx"), "Tokens")
})

const users = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/users",
  loader: ({ context: { client } }) => client.ensureQueryData(queries.users),
  component: lazyRouteComponent(() => import("./screens/settings/Users.tsx"), "Users")
})

const notifications = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/notifications",
  loader: ({ context: { client } }) =>
    Promise.all([client.ensureQueryData(queries.notifications), client.ensureQueryData(queries.schedules)]),
  component: lazyRouteComponent(() => import("./screens/settings/Notifications.tsx"), "Notifications")
})

const audit = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings/audit",
  loader: ({ context: { client } }) => client.ensureQueryData(queries.audit),
  component: lazyRouteComponent(() => import("./screens/settings/Audit.tsx"), "Audit")
})

export const routeTree = root.addChildren([
  signIn,
  setUp,
  signedIn.addChildren([
    overview,
    storage,
    storageNew,
    storageOne,
    browse,
    migrate,
    tasks,
    taskOne,
    taskUndo,
    backup,
    backupNew,
    repositoryOne,
    newBackup,
    snapshotOne,
    restore,
    schedules,
    scheduleNew,
    scheduleOne,
    mounts,
    mountNew,
    settingsScreen,
    notifications,
    tokens,
    users,
    audit
  ])
])
