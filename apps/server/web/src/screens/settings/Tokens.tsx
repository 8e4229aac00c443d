import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import type { TokenAnswer } from "../../../../src/api/account/AccountGroups.ts"
import type { Scope } from "../../../../src/api/Callers.ts"
import { messageOf, post, remove } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { usePress } from "../../api/press.ts"
import { session, tokens } from "../../api/queries.ts"
import { Button } from "../../ui/Button.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { Check, Select, TextField } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { exactly } from "../../words/moments.ts"
import { Secret } from "./Secret.tsx"
import styles from "./Settings.module.css"
import { SettingsPage } from "./SettingsPage.tsx"

const scopeWords: { readonly [Name in Scope]: readonly [label: string, help: string] } = {
  read: ["Read", "Look at everything"],
  run: ["Run", "Start and change tasks, load files up and down"],
  storage: ["Storage", "Add and change storage"],
  backup: ["Backup", "Change repositories"],
  mount: ["Mount", "Mount and unmount"],
  admin: ["Admin", "All of it, with users and settings"]
}

const dayMillis = 86_400_000
const ends = [
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: "", label: "Never" }
]

interface MadeToken {
  readonly token: TokenAnswer
  readonly secret: string
}

const NewTokenDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const client = useQueryClient()
  const { scopes: own } = useLoaded(session)
  const [name, setName] = useState("")
  const [scopes, setScopes] = useState<ReadonlyArray<Scope>>(["read"])
  const [days, setDays] = useState("90")
  const make = useMutation({
    mutationFn: () =>
      post<MadeToken>("/tokens", { name, scopes, endsAt: days === "" ? null : Date.now() + Number(days) * dayMillis }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["tokens"] })
  })
  const not = name === "" ? "The name is missing" : scopes.length === 0 ? "Choose what it may do" : undefined
  if (make.data !== undefined) {
    return (
      <Dialog
        title="Copy the token now"
        onClose={onClose}
        actions={
          <Button look="primary" onPress={onClose}>
            I have stored it
          </Button>
        }
      >
        <p>It is shown this once. Who has it may do what it may do.</p>
        <Secret text={make.data.secret} what="token" />
      </Dialog>
    )
  }
  return (
    <Dialog
      title="New token"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Back</Button>
          <Button look="primary" not={not} isBusy={make.isPending} onPress={() => make.mutate()}>
            Make token
          </Button>
        </>
      }
    >
      <TextField label="Name" value={name} onChange={setName} shouldFocus help="What it is for, such as monitoring." />
      <fieldset className={styles.scopes}>
        <legend>What it may do</legend>
        {own.map((scope) => (
          <Check
            key={scope}
            label={scopeWords[scope][0]}
            help={scopeWords[scope][1]}
            isOn={scopes.includes(scope)}
            onChange={(isOn) => setScopes(isOn ? [...scopes, scope] : scopes.filter((one) => one !== scope))}
          />
        ))}
      </fieldset>
      <Select label="Ends" value={days} onChange={setDays} options={ends} />
      {make.error === null ? null : (
        <Notice tone="failed" isUrgent title="Not made">
          {messageOf(make.error)}
        </Notice>
      )}
    </Dialog>
  )
}

const Token = ({ token: { endsAt, id, lastUsedAt, name, scopes, user } }: { readonly token: TokenAnswer }) => {
  const client = useQueryClient()
  const drop = usePress(
    () => remove(`/tokens/${id}`),
    () => void client.invalidateQueries({ queryKey: ["tokens"] })
  )
  return (
    <li>
      <span>
        <strong>{name}</strong>
        <br />
        <span className={styles.muted}>of {user}</span>
      </span>
      <span className={styles.muted}>
        {scopes.map((scope) => scopeWords[scope][0]).join(", ")} ·{" "}
        {endsAt === null ? "never ends" : `ends ${exactly(endsAt)}`} ·{" "}
        {lastUsedAt === null ? "not used yet" : `last used ${exactly(lastUsedAt)}`}
      </span>
      <Button isDense look="danger" isBusy={drop.isBusy} onPress={drop.press}>
        Remove<span className="sr-only"> {name}</span>
      </Button>
    </li>
  )
}

export const Tokens = () => {
  const all = useLoaded(tokens)
  const [isMaking, setMaking] = useState(false)
  return (
    <SettingsPage
      part="Tokens"
      actions={
        <Button look="primary" icon="plus" onPress={() => setMaking(true)}>
          New token
        </Button>
      }
    >
      {all.length === 0 ? (
        <Empty icon="key" title="No tokens">
          Scripts and the command line on other machines sign in by a token, which may do less than you.
        </Empty>
      ) : (
        <ul className={styles.list} aria-label="Tokens">
          {all.map((token) => (
            <Token key={token.id} token={token} />
          ))}
        </ul>
      )}
      {isMaking ? <NewTokenDialog onClose={() => setMaking(false)} /> : null}
    </SettingsPage>
  )
}
