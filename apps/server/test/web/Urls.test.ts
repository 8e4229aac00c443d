import { expect, test } from "vitest"
import { routeTree } from "../../web/src/routes.tsx"

interface Route {
  readonly options: object
  readonly children?: Iterable<Route> | Readonly<Record<string, Route>>
}

/** A route knows its whole address only in a router; its parts are known before. */
const urlsOf = (route: Route, above: string): ReadonlyArray<string> => {
  const path = "path" in route.options && typeof route.options.path === "string" ? route.options.path : undefined
  const own = path === undefined ? above : `${above}${path}`
  const children = route.children === undefined ? [] : (Object.values(route.children) as ReadonlyArray<Route>)
  return [...(path === undefined ? [] : [own]), ...children.flatMap((child) => urlsOf(child, own))]
}

test("these are the addresses of the page, which links and bookmarks hold", () => {
  expect(urlsOf(routeTree as unknown as Route, "").toSorted()).toMatchInlineSnapshot(`
    [
      "/",
      "/backup",
      "/backup/$repository",
      "/backup/$repository/$snapshot",
      "/backup/$repository/$snapshot/restore",
      "/backup/$repository/new",
      "/backup/~new",
      "/browse",
      "/migrate",
      "/mounts",
      "/mounts/new",
      "/schedules",
      "/schedules/$id",
      "/schedules/new",
      "/settings",
      "/settings/audit",
      "/settings/notifications",
      "/settings/tokens",
      "/settings/users",
      "/setup",
      "/sign-in",
      "/storage",
      "/storage/$name",
      "/storage/~new",
      "/tasks",
      "/tasks/$id",
      "/tasks/$id/undo",
    ]
  `)
})
