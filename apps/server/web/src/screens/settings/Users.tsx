import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import type { UserAnswer } from "../../../../src/api/account/AccountGroups.ts"
import type { Role } from "../../../../src/api/Callers.ts"
import { messageOf, patch, post, remove } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { usePress } from "../../api/press.ts"
import { session, users } from "../../api/queries.ts"
import { issuesOf } from "../../forms/OptionValues.ts"
import { Button } from "../../ui/Button.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { Choices, TextField } from "../../ui/Field.tsx"
import { Menu } from "../../ui/Menu.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { exactly } from "../../words/moments.ts"
import { Secret } from "./Secret.tsx"
import styles from "./Settings.module.css"
import { SettingsPage } from "./SettingsPage.tsx"

const roles = [
  { value: "viewer", label: "Viewer", help: "Looks at everything, changes nothing." },
  { value: "operator", label: "Operator", help: "Also starts and changes tasks and backups." },
  { value: "admin", label: "Admin", help: "Also changes storage, users and settings." }
] as const

interface Invitation {
  readonly user: UserAnswer
  readonly token: string
  readonly endsAt: number
}

const InviteDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const client = useQueryClient()
  const [name, setName] = useState("")
  const [role, setRole] = useState<Role>("operator")
  const invite = useMutation({
    mutationFn: () => post<Invitation>("/users", { name, role }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["users"] })
  })
  if (invite.data !== undefined) {
    return (
      <Dialog
        title={`Give this link to ${name}`}
        onClose={onClose}
        actions={
          <Button look="primary" onPress={onClose}>
            Done
          </Button>
        }
      >
        <p>It works once, until {exactly(invite.data.endsAt)}, and is shown this once.</p>
        <Secret text={`${location.origin}/setup#${invite.data.token}`} what="link" />
      </Dialog>
    )
  }
  return (
    <Dialog
      title="Invite somebody"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Back</Button>
          <Button
            look="primary"
            not={name === "" ? "The name is missing" : undefined}
            isBusy={invite.isPending}
            onPress={() => invite.mutate()}
          >
            Make invitation
          </Button>
        </>
      }
    >
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        shouldFocus
        help="Small letters and digits."
        error={issuesOf(invite.error).name}
      />
      <Choices legend="Role" value={role} onChange={setRole} choices={roles} />
      {invite.error === null ? null : (
        <Notice tone="failed" isUrgent title="Not invited">
          {messageOf(invite.error)}
        </Notice>
      )}
    </Dialog>
  )
}

const User = ({
  isSelf,
  user: { hasPassword, lastSeenAt, name, role }
}: {
  readonly user: UserAnswer
  readonly isSelf: boolean
}) => {
  const client = useQueryClient()
  const refresh = () => void client.invalidateQueries({ queryKey: ["users"] })
  const address = `/users/${encodeURIComponent(name)}`
  const change = useMutation({
    mutationFn: (next: Role) => patch<UserAnswer>(address, { role: next }),
    onSuccess: refresh
  })
  const drop = usePress(() => remove(address), refresh)
  const self = isSelf ? "This is you" : undefined
  return (
    <li>
      <span>
        <strong>{name}</strong>
        <br />
        <span className={styles.muted}>{role}</span>
      </span>
      <span className={styles.muted}>
        {hasPassword
          ? lastSeenAt === null
            ? "not seen yet"
            : `last seen ${exactly(lastSeenAt)}`
          : "invited, no password yet"}
        {change.error === null ? "" : ` · ${messageOf(change.error)}`}
      </span>
      <Menu
        label={`Change ${name}`}
        icon="more"
        isIconOnly
        look="quiet"
        items={[
          ...roles.map(({ label, value }) => ({
            label: `Make ${label.toLowerCase()}`,
            not: self ?? (value === role ? "It is so" : undefined),
            onPress: () => change.mutate(value)
          })),
          { label: `Remove ${name}`, isDangerous: true, not: self, onPress: drop.press }
        ]}
      />
    </li>
  )
}

export const Users = () => {
  const all = useLoaded(users)
  const { name } = useLoaded(session)
  const [isInviting, setInviting] = useState(false)
  return (
    <SettingsPage
      part="Users"
      actions={
        <Button look="primary" icon="plus" onPress={() => setInviting(true)}>
          Invite
        </Button>
      }
    >
      <ul className={styles.list} aria-label="Users">
        {all.map((user) => (
          <User key={user.name} user={user} isSelf={user.name === name} />
        ))}
      </ul>
      {isInviting ? <InviteDialog onClose={() => setInviting(false)} /> : null}
    </SettingsPage>
  )
}
