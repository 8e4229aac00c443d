/** One who is told: made, or changed. What is secret of one that is there is not shown, and stays when it is not typed. */
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import type {
  NewNotification,
  NotificationAnswer,
  NotificationType,
  Occasion
} from "../../../../src/api/settings/NotificationGroup.ts"
import { messageOf, put } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { schedules as schedulesQuery } from "../../api/queries.ts"
import { issuesOf } from "../../forms/OptionValues.ts"
import { Button } from "../../ui/Button.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { Check, Choices, SecretField, TextField } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import { occasionWords, typeWords, usualOccasions } from "../../words/notifications.ts"
import styles from "./Settings.module.css"

const types = Object.keys(typeWords) as ReadonlyArray<NotificationType>
const occasions = Object.keys(occasionWords) as ReadonlyArray<Occasion>

interface Typed {
  readonly url: string
  readonly secret: string
  readonly host: string
  readonly port: string
  readonly user: string
  readonly from: string
  readonly to: string
  readonly plain: boolean
  readonly onMyNetwork: boolean
}

const typedOf = (before: NotificationAnswer | undefined): Typed => ({
  url: "",
  secret: "",
  host: before?.mail?.host ?? "",
  port: String(before?.mail?.port ?? ""),
  user: before?.mail?.user ?? "",
  from: before?.mail?.from ?? "",
  to: before?.mail === null ? "" : (before?.to ?? ""),
  plain: before?.mail?.plain ?? false,
  onMyNetwork: before?.onMyNetwork ?? false
})

const textFields = (type: NotificationType): ReadonlyArray<keyof Typed> =>
  type === "mail" ? ["secret", "host", "from", "to"] : ["url", "secret"]

/** What is shown is said, and what is not shown only where something was typed: else it stays as it was. */
const payloadOf = (
  type: NotificationType,
  typed: Typed,
  on: ReadonlyArray<Occasion>,
  schedules: ReadonlyArray<string>
): NewNotification => ({
  type,
  ...Object.fromEntries(textFields(type).flatMap((name) => (typed[name] === "" ? [] : [[name, typed[name]]]))),
  ...(type === "mail"
    ? {
        plain: typed.plain,
        port: /^\d+$/.test(typed.port) ? Number(typed.port) : null,
        user: typed.user === "" ? null : typed.user
      }
    : {}),
  onMyNetwork: typed.onMyNetwork,
  on,
  schedules
})

const needed = { host: "The server", from: "The sender", to: "The receiver" } as const

const missing = (type: NotificationType, typed: Typed, isNew: boolean): string | undefined => {
  if (type !== "mail") return isNew && typed.url === "" ? "The address is missing" : undefined
  const empty = (["host", "from", "to"] as const).find((name) => typed[name] === "")
  return empty === undefined ? undefined : `${needed[empty]} is missing`
}

interface FieldsProps {
  readonly type: NotificationType
  readonly typed: Typed
  readonly set: <Name extends keyof Typed>(name: Name) => (value: Typed[Name]) => void
  readonly issues: Readonly<Record<string, string>>
  readonly isThere: boolean
  readonly hasSecret: boolean
}

const Fields = ({ hasSecret, isThere, issues, set, type, typed }: FieldsProps) => {
  const { address, secret } = typeWords[type]
  return (
    <>
      {address === undefined ? (
        <div className={styles.row}>
          <TextField
            label="Server"
            value={typed.host}
            onChange={set("host")}
            placeholder="smtp.example.com"
            error={issues.host}
          />
          <TextField
            label="Port"
            type="number"
            isOptional
            value={typed.port}
            onChange={set("port")}
            placeholder="587"
            error={issues.port}
          />
          <TextField
            label="From"
            value={typed.from}
            onChange={set("from")}
            placeholder="backup@example.com"
            error={issues.from}
          />
          <TextField label="To" value={typed.to} onChange={set("to")} placeholder="ann@example.com" error={issues.to} />
          <TextField label="User" isOptional value={typed.user} onChange={set("user")} error={issues.user} />
        </div>
      ) : (
        <TextField
          {...address}
          value={typed.url}
          onChange={set("url")}
          type="url"
          isMono
          error={issues.url}
          {...(isThere ? { help: "Kept and never shown. Type another one to replace it." } : {})}
        />
      )}
      {secret === undefined ? null : (
        <SecretField
          {...secret}
          isOptional
          value={typed.secret}
          onChange={set("secret")}
          error={issues.secret}
          help={hasSecret ? "Kept and never shown. Type another one to replace it." : secret.help}
        />
      )}
      {type === "mail" ? (
        <Check
          label="Without encryption on the way"
          help="For a server on this computer."
          isOn={typed.plain}
          onChange={set("plain")}
        />
      ) : null}
      <Check
        label="It is on my own network"
        help="Otherwise addresses of this computer and its network are refused."
        isOn={typed.onMyNetwork}
        onChange={set("onMyNetwork")}
      />
    </>
  )
}

const toggled = <One extends string>(all: ReadonlyArray<One>, one: One, isOn: boolean): ReadonlyArray<One> =>
  isOn ? [...all, one] : all.filter((other) => other !== one)

interface NotificationDialogProps {
  readonly before: NotificationAnswer | undefined
  readonly taken: ReadonlyArray<string>
  readonly onClose: () => void
}

export const NotificationDialog = ({ before, onClose, taken }: NotificationDialogProps) => {
  const client = useQueryClient()
  const say = useSay()
  const planned = useLoaded(schedulesQuery)
  const [type, setType] = useState<NotificationType>(before?.type ?? "ntfy")
  const [name, setName] = useState(before?.name ?? "")
  const [typed, setTyped] = useState(() => typedOf(before))
  const [on, setOn] = useState<ReadonlyArray<Occasion>>(before?.on ?? usualOccasions(type))
  const [schedules, setSchedules] = useState<ReadonlyArray<string>>(before?.schedules ?? [])
  const save = useMutation({
    mutationFn: () =>
      put<NotificationAnswer>(`/notifications/${encodeURIComponent(name)}`, payloadOf(type, typed, on, schedules)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["notifications"] })
      say({ text: `${name} is told from now on` })
      onClose()
    }
  })
  const isTaken = before === undefined && taken.includes(name)
  const not =
    name === ""
      ? "The name is missing"
      : isTaken
        ? "Another one has this name"
        : (missing(type, typed, before === undefined) ?? (on.length === 0 ? "Choose what it is told of" : undefined))
  const issues = issuesOf(save.error)
  return (
    <Dialog
      title={before === undefined ? "New notification" : `Change ${before.name}`}
      width="wide"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Back</Button>
          <Button look="primary" not={not} isBusy={save.isPending} onPress={() => save.mutate()}>
            Save notification
          </Button>
        </>
      }
    >
      {before === undefined ? (
        <>
          <Choices
            legend="How"
            value={type}
            onChange={(next) => {
              setType(next)
              setOn(usualOccasions(next))
            }}
            choices={types.map((value) => ({ value, label: typeWords[value].name, help: typeWords[value].help }))}
          />
          <TextField
            label="Name"
            value={name}
            onChange={setName}
            placeholder="phone"
            help="Short, for this list."
            error={isTaken ? "Another one has this name." : issues.name}
          />
        </>
      ) : null}
      <Fields
        type={type}
        typed={typed}
        set={(field) => (value) => setTyped({ ...typed, [field]: value })}
        issues={issues}
        isThere={before !== undefined}
        hasSecret={before?.hasSecret === true}
      />
      <fieldset className={styles.scopes}>
        <legend>It is told when</legend>
        {occasions.map((one) => (
          <Check
            key={one}
            label={occasionWords[one].label}
            isOn={on.includes(one)}
            onChange={(isOn) => setOn(toggled(on, one, isOn))}
          />
        ))}
      </fieldset>
      {planned.length === 0 ? null : (
        <fieldset className={styles.scopes}>
          <legend>Only of these schedules; of everything when none is chosen</legend>
          {planned.map((schedule) => (
            <Check
              key={schedule.id}
              label={schedule.name}
              isOn={schedules.includes(schedule.name)}
              onChange={(isOn) => setSchedules(toggled(schedules, schedule.name, isOn))}
            />
          ))}
        </fieldset>
      )}
      {save.error === null ? null : (
        <Notice tone="failed" isUrgent title="Not saved">
          {messageOf(save.error)}
        </Notice>
      )}
    </Dialog>
  )
}
