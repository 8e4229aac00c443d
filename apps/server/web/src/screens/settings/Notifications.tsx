/** Who is told how tasks end, and whether they could be reached. */
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import type { NotificationAnswer } from "../../../../src/api/settings/NotificationGroup.ts"
import { messageOf, poke, remove } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { usePress } from "../../api/press.ts"
import { notifications } from "../../api/queries.ts"
import { Button } from "../../ui/Button.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import { exactly } from "../../words/moments.ts"
import { occasionWords, typeWords } from "../../words/notifications.ts"
import { NotificationDialog } from "./NotificationDialog.tsx"
import styles from "./Settings.module.css"
import { SettingsPage } from "./SettingsPage.tsx"

const addressOf = (name: string): string => `/notifications/${encodeURIComponent(name)}`

const RemoveDialog = ({ name, onClose }: { readonly name: string; readonly onClose: () => void }) => {
  const client = useQueryClient()
  const say = useSay()
  const { isBusy, press } = usePress(
    () => remove(addressOf(name)),
    () => {
      say({ text: `${name} is told nothing any more` })
      onClose()
      void client.invalidateQueries({ queryKey: ["notifications"] })
    }
  )
  return (
    <Dialog
      title={`Remove ${name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Back</Button>
          <Button look="danger" icon="trash" isBusy={isBusy} onPress={press}>
            Remove {name}
          </Button>
        </>
      }
    >
      <p>Its address and secret are forgotten.</p>
    </Dialog>
  )
}

const Told = ({
  notification,
  onChange,
  onRemove
}: {
  readonly notification: NotificationAnswer
  readonly onChange: () => void
  readonly onRemove: () => void
}) => {
  const say = useSay()
  const { name, on, problem, schedules, to, type } = notification
  const test = useMutation({
    mutationFn: () => poke<{ readonly failure: string | null }>(`${addressOf(name)}/test`),
    onSuccess: ({ failure }) =>
      say(failure === null ? { text: `${name} was told` } : { text: `Not told: ${failure}`, isFailure: true }),
    onError: (error) => say({ text: messageOf(error), isFailure: true })
  })
  return (
    <li>
      <span>
        <strong>{name}</strong>
        <br />
        <span className={styles.muted}>
          {typeWords[type].name}, {to}
        </span>
      </span>
      <span className={styles.muted}>
        {on.map((one) => occasionWords[one].short).join(", ")}
        {schedules === null ? "" : ` · of ${schedules.join(", ")}`}
        {problem === null ? null : (
          <span className={styles.problem}>
            <br />
            Not told at {exactly(problem.at)}: {problem.message}
          </span>
        )}
      </span>
      <span className={styles.buttons}>
        <Button isDense icon="play" isBusy={test.isPending} onPress={() => test.mutate()}>
          Test<span className="sr-only"> {name}</span>
        </Button>
        <Button isDense icon="edit" onPress={onChange}>
          Change<span className="sr-only"> {name}</span>
        </Button>
        <Button isDense look="danger" onPress={onRemove}>
          Remove<span className="sr-only"> {name}</span>
        </Button>
      </span>
    </li>
  )
}

type Asked =
  | { readonly what: "put"; readonly notification: NotificationAnswer | undefined }
  | { readonly what: "remove"; readonly name: string }

export const Notifications = () => {
  const all = useLoaded(notifications)
  const [asked, setAsked] = useState<Asked>()
  const close = () => setAsked(undefined)
  const add = (
    <Button look="primary" icon="plus" onPress={() => setAsked({ what: "put", notification: undefined })}>
      New notification
    </Button>
  )
  return (
    <SettingsPage part="Notifications" actions={all.length === 0 ? null : add}>
      {all.length === 0 ? (
        <Empty icon="info" title="Nobody is told" actions={add}>
          When a task fails, is well again, or a schedule has had no good run for too long, somebody can be told by
          mail, on a phone through ntfy, by a webhook, or by a check of healthchecks.io.
        </Empty>
      ) : (
        <ul className={styles.list} aria-label="Notifications">
          {all.map((notification) => (
            <Told
              key={notification.name}
              notification={notification}
              onChange={() => setAsked({ what: "put", notification })}
              onRemove={() => setAsked({ what: "remove", name: notification.name })}
            />
          ))}
        </ul>
      )}
      {all.some(({ problem }) => problem !== null) ? (
        <Notice tone="waiting">
          A message that does not arrive is tried seven times in a day. Test says what is wrong.
        </Notice>
      ) : null}
      {asked?.what === "put" ? (
        <NotificationDialog before={asked.notification} taken={all.map(({ name }) => name)} onClose={close} />
      ) : null}
      {asked?.what === "remove" ? <RemoveDialog name={asked.name} onClose={close} /> : null}
    </SettingsPage>
  )
}
