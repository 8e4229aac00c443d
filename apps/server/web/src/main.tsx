import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { createRouter, RouterProvider } from "@tanstack/react-router"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { ProblemError, whenSignedOut } from "./api/call.ts"
import { Live } from "./api/live.ts"
import { signedOut } from "./api/queries.ts"
import { routeTree } from "./routes.tsx"
import { LoadFailed, NothingHere } from "./shell/LoadFailed.tsx"
import { hasTyped, watchTyping } from "./shell/typing.ts"
import * as Theme from "./theme/Theme.ts"
import "./theme/tokens.css"
import "./theme/base.css"
import { Toasts } from "./ui/Toasts.tsx"

Theme.apply()

const client = new QueryClient({
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      // Events say what changes; a refusal stays one.
      retry: (count, error) => !(error instanceof ProblemError) && count < 1
    }
  }
})
const live = new Live(client)

const router = createRouter({
  routeTree,
  context: { client, live },
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: LoadFailed,
  defaultNotFoundComponent: NothingHere,
  scrollRestoration: true
})

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router
  }
}

watchTyping((left) =>
  router.subscribe("onResolved", ({ pathChanged }) => {
    if (pathChanged) left()
  })
)

whenSignedOut(() => {
  live.stop()
  if (hasTyped() && !router.state.isLoading) {
    client.setQueryData(signedOut.queryKey, true)
    return
  }
  client.removeQueries({ queryKey: ["session"] })
  const { href, pathname } = router.state.location
  if (pathname === "/sign-in" || pathname === "/setup") return
  void router.navigate({ to: "/sign-in", search: { next: href } })
})

const page = document.getElementById("page")
if (page === null) throw new Error("the document has no place for the page")
createRoot(page).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <Toasts>
        <RouterProvider router={router} />
      </Toasts>
    </QueryClientProvider>
  </StrictMode>
)
