import { useQueryClient } from "@tanstack/react-query"
import { useRouter, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { messageOf, post } from "../../api/call.ts"
import { session } from "../../api/queries.ts"
import { Button } from "../../ui/Button.tsx"
import { SecretField, TextField } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Form } from "../../ui/Page.tsx"
import { Door } from "./Door.tsx"

export const SignIn = () => {
  const router = useRouter()
  const client = useQueryClient()
  const { next } = useSearch({ from: "/sign-in" })
  const [name, setName] = useState("")
  const [password, setPassword] = useState("")
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    setProblem(undefined)
    try {
      const answer = await post<{ readonly name: string }>("/session", { name, password })
      client.clear()
      client.setQueryData(session.queryKey, answer as never)
      // Only an address of this page: what stands in a link is anybody's.
      const isOwn = next?.startsWith("/") === true && !next.startsWith("//") && !next.includes("\\")
      router.history.push(isOwn ? next : "/")
    } catch (error) {
      setProblem(messageOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Door title="Sign in" lead="To the OurClone service of this machine.">
      <Form
        label="Sign in"
        onSubmit={() => void submit()}
        actions={
          <Button type="submit" look="primary" isBusy={isBusy}>
            Sign in
          </Button>
        }
      >
        {problem === undefined ? null : (
          <Notice tone="failed" isUrgent title="Not signed in">
            {problem}
          </Notice>
        )}
        <TextField label="Name" value={name} onChange={setName} autoComplete="username" isRequired shouldFocus />
        <SecretField
          label="Password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          isRequired
        />
      </Form>
    </Door>
  )
}
