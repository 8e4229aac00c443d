/** What keeps a repository good: looking, trying to restore, forgetting, freeing. Each is a task. */
import { useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { type ReactNode, useState } from "react"
import { messageOf, put, remove } from "../../api/call.ts"
import { usePress } from "../../api/press.ts"
import { useStartAndShow } from "../../api/start.ts"
import { useMay } from "../../shell/may.ts"
import { Button } from "../../ui/Button.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { Check, SecretField, TextField } from "../../ui/Field.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import styles from "./Backup.module.css"

const Card = ({
  children,
  text,
  title
}: {
  readonly title: string
  readonly text: string
  readonly children: ReactNode
}) => (
  <section className={styles.careCard} aria-label={title}>
    <h2>{title}</h2>
    <p>{text}</p>
    {children}
  </section>
)

const rules = [
  ["keepLast", "Of the newest"],
  ["keepDaily", "Days"],
  ["keepWeekly", "Weeks"],
  ["keepMonthly", "Months"],
  ["keepYearly", "Years"]
] as const

const usual: Readonly<Record<string, string>> = {
  keepLast: "3",
  keepDaily: "7",
  keepWeekly: "5",
  keepMonthly: "12",
  keepYearly: "3"
}

export const Care = ({ hasPassword, repository }: { readonly repository: string; readonly hasPassword: boolean }) => {
  const client = useQueryClient()
  const navigate = useNavigate()
  const say = useSay()
  const startAndShow = useStartAndShow()
  const mayNotRun = useMay("run")
  const mayNot = useMay("backup")
  const [keep, setKeep] = useState(usual)
  const [prunes, setPrunes] = useState(true)
  const [password, setPassword] = useState("")
  const [isRemoving, setRemoving] = useState(false)
  const begin =
    (kind: string, request: object = {}) =>
    () => {
      void startAndShow({ kind, request: { repository, ...request } }).catch((error: unknown) =>
        say({ text: messageOf(error), isFailure: true })
      )
    }
  const kept = Object.fromEntries(
    Object.entries(keep).flatMap(([name, text]) =>
      /^\d+$/.test(text) && Number(text) > 0 ? [[name, Number(text)]] : []
    )
  )
  const address = `/repositories/${encodeURIComponent(repository)}`
  const replace = usePress(
    () => put(`${address}/password`, { password }),
    () => {
      setPassword("")
      say({ text: "Password kept. Tasks that waited for it go on." })
      void client.invalidateQueries({ queryKey: ["repositories"] })
    }
  )
  const forgetName = usePress(
    () => remove(address),
    () => {
      say({ text: `${repository} is no longer listed; its snapshots stay` })
      void navigate({ to: "/backup" }).then(() => client.invalidateQueries({ queryKey: ["repositories"] }))
    }
  )
  return (
    <div className={styles.care}>
      <Card
        title="Check"
        text="Looks whether everything that snapshots need is there. Reading a part of the data proves that it can be read."
      >
        <div className={styles.row}>
          <Button icon="shield" not={mayNotRun} onPress={begin("checkRepository")}>
            Check
          </Button>
          <Button not={mayNotRun} onPress={begin("checkRepository", { readDataSubset: "5%" })}>
            Check and read 5 %
          </Button>
        </div>
      </Card>
      <Card
        title="Drill"
        text="Restores some files, picked by chance, from the newest snapshot and compares them with their sources. Nothing of yours is touched."
      >
        <div className={styles.row}>
          <Button
            icon="restore"
            not={mayNotRun}
            onPress={begin("drill", { snapshot: "latest", sample: { files: 20 } })}
          >
            Drill with 20 files
          </Button>
        </div>
      </Card>
      <Card
        title="Forget old snapshots"
        text="Keeps so many snapshots of each host and set of folders; the others can not be restored any more."
      >
        <div className={styles.grid}>
          {rules.map(([name, label]) => (
            <TextField
              key={name}
              label={label}
              type="number"
              value={keep[name] ?? ""}
              onChange={(value) => setKeep({ ...keep, [name]: value })}
            />
          ))}
        </div>
        <Check label="Then free the space" help="A prune, which may take long." isOn={prunes} onChange={setPrunes} />
        <div className={styles.row}>
          <Button
            look="danger"
            icon="trash"
            not={mayNot ?? (Object.keys(kept).length === 0 ? "Say what to keep" : undefined)}
            onPress={begin("forget", { ...kept, ...(prunes ? { prune: true } : {}) })}
          >
            Forget the others
          </Button>
        </div>
      </Card>
      <Card title="Free space" text="Removes data that no snapshot needs any more.">
        <div className={styles.row}>
          <Button icon="trash" not={mayNot} onPress={begin("prune")}>
            Prune
          </Button>
          <Button not={mayNot} onPress={begin("unlock")}>
            Unlock
          </Button>
        </div>
      </Card>
      <Card
        title="Password"
        text={
          hasPassword
            ? "It is kept on this computer, so that backups run by themselves. It is never shown."
            : "It is not kept here: tasks of this repository wait for it."
        }
      >
        <SecretField label="Password of the repository" value={password} onChange={setPassword} />
        <div className={styles.row}>
          <Button
            icon="key"
            not={mayNot ?? (password === "" ? "Type it first" : undefined)}
            isBusy={replace.isBusy}
            onPress={replace.press}
          >
            Keep this password
          </Button>
        </div>
      </Card>
      <Card
        title="Remove from the list"
        text="The repository and its snapshots stay where they are; this service forgets name and password."
      >
        <div className={styles.row}>
          <Button look="danger" not={mayNot} onPress={() => setRemoving(true)}>
            Remove {repository}
          </Button>
        </div>
      </Card>
      {isRemoving ? (
        <Dialog
          title={`Remove ${repository} from the list?`}
          onClose={() => setRemoving(false)}
          actions={
            <>
              <Button onPress={() => setRemoving(false)}>Back</Button>
              <Button look="danger" isBusy={forgetName.isBusy} onPress={forgetName.press}>
                Remove {repository}
              </Button>
            </>
          }
        >
          <p>Its snapshots stay. To use it here again you need its place and its password.</p>
        </Dialog>
      ) : null}
    </div>
  )
}
