/** In the place of a screen whose facts did not come. */

import { useRouter } from "@tanstack/react-router"
import { createContext, type ReactNode, useContext } from "react"
import { messageOf, ProblemError } from "../api/call.ts"
import { Button, LinkButton } from "../ui/Button.tsx"
import { Empty } from "../ui/Empty.tsx"
import { Page } from "../ui/Page.tsx"

/** Whether the frame of the screens is around, whose `main` it is. */
export const InFrame = createContext(false)

const Main = ({ children }: { readonly children: ReactNode }) =>
  useContext(InFrame) ? children : <main>{children}</main>

export const LoadFailed = ({ error, reset }: { readonly error: unknown; readonly reset: () => void }) => {
  const router = useRouter()
  const isMissing = error instanceof ProblemError && error.status === 404
  return (
    <Main>
      <Page title={isMissing ? "Not there" : "This did not load"} isNarrow>
        <Empty
          icon="alert"
          title={isMissing ? "There is nothing at this address any more" : "The service could not answer"}
          actions={
            <>
              <Button
                look="primary"
                icon="refresh"
                onPress={() => {
                  reset()
                  void router.invalidate()
                }}
              >
                Try again
              </Button>
              <LinkButton to="/">Overview</LinkButton>
            </>
          }
        >
          {messageOf(error)}
        </Empty>
      </Page>
    </Main>
  )
}

export const NothingHere = () => (
  <Main>
    <Page title="Not there" isNarrow>
      <Empty icon="search" title="No screen has this address" actions={<LinkButton to="/">Overview</LinkButton>} />
    </Page>
  </Main>
)
