/** In the place of a screen whose facts did not come. */
import { useRouter } from "@tanstack/react-router"
import { messageOf, ProblemError } from "../api/call.ts"
import { Button, LinkButton } from "../ui/Button.tsx"
import { Empty } from "../ui/Empty.tsx"
import { Page } from "../ui/Page.tsx"

export const LoadFailed = ({ error, reset }: { readonly error: unknown; readonly reset: () => void }) => {
  const router = useRouter()
  const isMissing = error instanceof ProblemError && error.status === 404
  return (
    <main>
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
    </main>
  )
}

export const NothingHere = () => (
  <main>
    <Page title="Not there" isNarrow>
      <Empty icon="search" title="No screen has this address" actions={<LinkButton to="/">Overview</LinkButton>} />
    </Page>
  </main>
)
