/** The first password of a service, or of somebody who was invited. The token comes after # and is in no log. */
import { useQueryClient } from "@tanstack/react-query"
import { useRouter } from "@tanstack/react-router"
import { useState } from "react"
import { type FieldIssue, messageOf, ProblemError, post } from "../../api/call.ts"
import { session } from "../../api/queries.ts"
import { Button } from "../../ui/Button.tsx"
import { SecretField, TextField } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Form } from "../../ui/Page.tsx"
import { Door } from "./Door.tsx"

const issueAt = (issues: ReadonlyArray<FieldIssue>, field: string) =>
  issues.find(({ path }) => path.includes(field))?.message

export const SetUp = () => {
  const router = useRouter()
  const client = useQueryClient()
  const [token] = useState(() => location.hash.slice(1))
  const [name, setName] = useState("")
  const [password, setPassword] = useState("")
  const [again, setAgain] = useState("")
  const [problem, setProblem] = useState<string>()
  const [issues, setIssues] = useState<ReadonlyArray<FieldIssue>>([])
  const [isBusy, setBusy] = useState(false)
  const differ = again !== "" && again !== password ? "This is not the same." : undefined
  const not =
    token === ""
      ? "The link has no token"
      : name === "" || password === "" || again === ""
        ? "Fill in all three fields"
        : differ === undefined
          ? undefined
          : "The two passwords differ"
  const submit = async () => {
    if (not !== undefined) return
    setBusy(true)
    setProblem(undefined)
    setIssues([])
    try {
      const answer = await post<unknown>("/setup", { token, name, password })
      client.clear()
      client.setQueryData(session.queryKey, answer as never)
      await router.navigate({ to: "/" })
    } catch (error) {
      setIssues(error instanceof ProblemError ? error.errors : [])
      setProblem(messageOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Door
      title="Set up your account"
      lead="Choose a name and a password. Nobody can read the password, and nobody can recover it."
    >
      {token === "" ? (
        <Notice tone="waiting" title="This address has no token">
          Open the link that the service printed when it started, or the one of your invitation.
        </Notice>
      ) : null}
      <Form
        label="Set up"
        onSubmit={() => void submit()}
        actions={
          <Button type="submit" look="primary" isBusy={isBusy} not={not}>
            Set up and sign in
          </Button>
        }
      >
        {problem === undefined ? null : (
          <Notice tone="failed" isUrgent title="Not set up">
            {problem}
          </Notice>
        )}
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          autoComplete="username"
          isRequired
          shouldFocus
          help="Small letters and digits, such as ann."
          error={issueAt(issues, "name")}
        />
        <SecretField
          label="Password"
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          isRequired
          help="At least 10 characters. Paste one of your password manager."
          error={issueAt(issues, "password")}
        />
        <SecretField
          label="Password again"
          value={again}
          onChange={setAgain}
          autoComplete="new-password"
          isRequired
          error={differ}
        />
      </Form>
    </Door>
  )
}
