import { useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import type { RepositoryAnswer } from "../../../../src/api/query/RepositoryGroup.ts"
import { messageOf, post } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { repositories } from "../../api/queries.ts"
import { ended, start } from "../../api/start.ts"
import { issuesOf } from "../../forms/OptionValues.ts"
import { PlaceField } from "../../places/PlacePicker.tsx"
import { useMay } from "../../shell/may.ts"
import { Button } from "../../ui/Button.tsx"
import { Check, Choices, SecretField, TextField } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Form, Page } from "../../ui/Page.tsx"
import { Progress } from "../../ui/Progress.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import styles from "./Backup.module.css"
import { strengthOf } from "./passwordStrength.ts"

const keepAsText = (name: string, location: string, password: string): void => {
  const text = `Repository ${name}\nPlace: ${location}\nPassword: ${password}\n\nWithout this password nobody can read its snapshots.\n`
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }))
  const link = document.createElement("a")
  link.href = address
  link.download = `repository-${name}.txt`
  link.click()
  URL.revokeObjectURL(address)
}

const notYet = (name: string, location: string, password: string, again: string, isNew: boolean, isStored: boolean) => {
  if (name.length < 2) return "The name is missing"
  if (location === "") return "Choose where it is kept"
  if (password === "") return "The password is missing"
  if (isNew && password !== again) return "The two passwords differ"
  return isNew && !isStored ? "Say that you have stored the password" : undefined
}

export const NewRepository = () => {
  const client = useQueryClient()
  const navigate = useNavigate()
  const say = useSay()
  const known = useLoaded(repositories)
  const mayNot = useMay("backup")
  const [what, setWhat] = useState<"new" | "there">("new")
  const [name, setName] = useState("")
  const [location, setLocation] = useState("")
  const [password, setPassword] = useState("")
  const [again, setAgain] = useState("")
  const [isStored, setStored] = useState(false)
  const [problem, setProblem] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const isNew = what === "new"
  const isTaken = known.some((one) => one.name === name)
  const not = mayNot ?? notYet(name, location, password, again, isNew, isStored)
  const { share, words } = strengthOf(password)
  const issues = issuesOf(problem)
  const submit = async () => {
    if (not !== undefined) return
    setBusy(true)
    setProblem(undefined)
    try {
      // A name that is there already is from an attempt before: only the making is left.
      if (!isTaken) await post<RepositoryAnswer>("/repositories", { name, location, password })
      await client.invalidateQueries({ queryKey: ["repositories"] })
      if (isNew) {
        const { id } = await start(client, { kind: "init", request: { repository: name } })
        const made = await ended(client, id)
        if (made.state._tag === "Failed") throw new Error(made.state.failure.message)
        if (made.state._tag === "Cancelled") throw new Error("making it was cancelled")
      }
      say({ text: isNew ? `Made repository ${name}` : `Added repository ${name}` })
      await navigate({ to: "/backup/$repository", params: { repository: name } })
    } catch (error) {
      setProblem(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Page title="New repository" crumbs={[{ label: "Backup", link: { to: "/backup" } }]} isNarrow>
      <Form
        label="New repository"
        onSubmit={() => void submit()}
        actions={
          <Button type="submit" look="primary" not={not} isBusy={isBusy}>
            {isNew ? "Make repository" : "Add repository"}
          </Button>
        }
      >
        <Choices
          legend="What"
          value={what}
          onChange={setWhat}
          choices={[
            { value: "new", label: "A new one", help: "Made now, empty." },
            {
              value: "there",
              label: "One that is there",
              help: "Made by OurClone or restic before; you know its password."
            }
          ]}
        />
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          shouldFocus
          isRequired
          help="Short, such as home."
          error={issues.name}
        />
        <PlaceField
          label="Place"
          value={location}
          onChange={setLocation}
          from="all"
          placeholder="photos:my-bucket/backup"
          help="A folder of its own, on a storage or on this computer."
          error={issues.location}
        />
        <SecretField
          label="Repository password"
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          isRequired
          error={issues.password}
        />
        {isNew ? (
          <>
            <div className={styles.strength}>
              <Progress label="Strength of the password" share={share} text={words} isStill={password === ""} isThin />
              <span>
                {password === ""
                  ? "It encrypts every snapshot. Nobody can recover it, nobody can read them without it."
                  : `This password is ${words}.`}
              </span>
            </div>
            <SecretField
              label="Repository password again"
              value={again}
              onChange={setAgain}
              autoComplete="new-password"
              isRequired
              error={again !== "" && again !== password ? "This is not the same." : undefined}
            />
            <div className={styles.row}>
              <Button
                icon="download"
                not={password === "" ? "The password is missing" : undefined}
                onPress={() => keepAsText(name, location, password)}
              >
                Download as text
              </Button>
              <Check label="I have stored the password in a safe place" isOn={isStored} onChange={setStored} />
            </div>
          </>
        ) : null}
        {problem === undefined ? null : (
          <Notice tone="failed" isUrgent title={isNew ? "Not made" : "Not added"}>
            {messageOf(problem)}
          </Notice>
        )}
      </Form>
    </Page>
  )
}
