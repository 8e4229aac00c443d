/** Over a screen into which something was typed when the session ended. Who signs in elsewhere goes on where they were. */
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useRouteContext } from "@tanstack/react-router"
import { useCallback, useEffect, useState } from "react"
import { session, signedOut } from "../api/queries.ts"
import { Button } from "../ui/Button.tsx"
import { Notice } from "../ui/Notice.tsx"
import styles from "./SignedIn.module.css"

export const SignedOut = () => {
  const client = useQueryClient()
  const live = useRouteContext({ from: "__root__", select: (context) => context.live })
  const { data: isOut = false } = useQuery(signedOut)
  const [isAsking, setAsking] = useState(false)
  const look = useCallback(async () => {
    setAsking(true)
    try {
      await client.fetchQuery({ ...session, staleTime: 0 })
      client.setQueryData(signedOut.queryKey, false)
      live.start()
    } catch {
      // Not yet.
    } finally {
      setAsking(false)
    }
  }, [client, live])
  useEffect(() => {
    if (!isOut) return
    const back = () => void look()
    window.addEventListener("focus", back)
    return () => window.removeEventListener("focus", back)
  }, [isOut, look])
  if (!isOut) return null
  return (
    <div className={styles.over}>
      <Notice
        tone="waiting"
        isUrgent
        title="Your sign-in has ended"
        actions={
          <Button isBusy={isAsking} onPress={() => void look()}>
            Go on
          </Button>
        }
      >
        What is typed here stays.{" "}
        <a href="/sign-in" target="_blank" rel="noreferrer">
          Sign in in another tab
        </a>
        , then go on here.
      </Notice>
    </div>
  )
}
