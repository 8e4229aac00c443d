import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import type { RemoteAnswer, StorageType } from "../../../../src/api/storage/StorageGroup.ts"
import { messageOf, patch, remove } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { usePress } from "../../api/press.ts"
import { remote as remoteQuery, storageTypes } from "../../api/queries.ts"
import { OptionForm } from "../../forms/OptionForm.tsx"
import { changesOf, issuesOf, labelOf, type Typed, typedOf } from "../../forms/OptionValues.ts"
import { useMay } from "../../shell/may.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { TextField } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Card, Facts, Page, Section } from "../../ui/Page.tsx"
import { visible } from "../../ui/Path.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import { wordsOf } from "../../words/providers.ts"
import { Limits } from "./Limits.tsx"
import { TestResult, useTest } from "./StorageTest.tsx"

interface ChangeProps {
  readonly remote: RemoteAnswer
  readonly type: StorageType
  /** A new key, or anything. */
  readonly what: "key" | "options"
  readonly onClose: () => void
}

/** What is asked for again where a key is replaced: the secrets, and what stands beside them. */
const keyOptions = ({ options }: StorageType) =>
  options.filter(({ isCommon, isRequired, kind }) => !isCommon && (kind === "secret" || isRequired))

const Change = ({ onClose, remote, type, what }: ChangeProps) => {
  const client = useQueryClient()
  const say = useSay()
  const options = what === "key" ? keyOptions(type) : type.options
  const before = typedOf(options, remote.options)
  const [typed, setTyped] = useState<Typed>(before)
  const changes = changesOf(options, before, typed)
  const save = useMutation({
    mutationFn: () => patch<RemoteAnswer>(`/storage/remotes/${encodeURIComponent(remote.name)}`, { options: changes }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["storage"] })
      await client.invalidateQueries({ queryKey: ["rows"] })
      say({ text: what === "key" ? "Key replaced. Tasks that waited for it go on." : "Options saved" })
      onClose()
    }
  })
  const not = Object.keys(changes).length === 0 ? "Nothing was changed" : undefined
  return (
    <Dialog
      title={what === "key" ? `Replace the key of ${remote.name}` : `Options of ${remote.name}`}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Back</Button>
          <Button look="primary" not={not} isBusy={save.isPending} onPress={() => save.mutate()}>
            {what === "key" ? "Replace key" : "Save options"}
          </Button>
        </>
      }
    >
      <OptionForm options={options} typed={typed} onChange={setTyped} issues={issuesOf(save.error)} keepsSecrets />
      {save.error === null ? null : (
        <Notice tone="failed" isUrgent title="Not saved">
          {messageOf(save.error)}
        </Notice>
      )}
    </Dialog>
  )
}

const RemoveDialog = ({ name, onClose }: { readonly name: string; readonly onClose: () => void }) => {
  const client = useQueryClient()
  const navigate = useNavigate()
  const say = useSay()
  const [typed, setTyped] = useState("")
  const { isBusy, press } = usePress(
    () => remove(`/storage/remotes/${encodeURIComponent(name)}`),
    () => {
      say({ text: `Removed storage ${name}; its files stay` })
      void navigate({ to: "/storage" }).then(() => client.invalidateQueries({ queryKey: ["storage", "remotes"] }))
    }
  )
  return (
    <Dialog
      title={`Remove ${name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Back</Button>
          <Button
            look="danger"
            icon="trash"
            not={typed === name ? undefined : "Type its name first"}
            isBusy={isBusy}
            onPress={press}
          >
            Remove {name}
          </Button>
        </>
      }
    >
      <p>
        Its files stay where they are. OurClone forgets the key; schedules and repositories that use it stop working.
      </p>
      <TextField label={`Type ${name} to go on`} value={typed} onChange={setTyped} />
    </Dialog>
  )
}

const shownValue = (value: string): string => (value === "xxx" ? "kept, never shown" : visible(value))

export const StorageDetail = () => {
  const { name } = useParams({ from: "/signedIn/storage/$name" })
  const { change } = useSearch({ from: "/signedIn/storage/$name" })
  const navigate = useNavigate({ from: "/storage/$name" })
  const remote = useLoaded(remoteQuery(name))
  const types = useLoaded(storageTypes)
  const type = types.find((one) => one.type === remote.type)
  const words = wordsOf(remote.type, type?.description)
  const test = useTest(name)
  const [isRemoving, setRemoving] = useState(false)
  const mayNot = useMay("storage")
  const mayNotRun = useMay("run")
  const open = (what: "key" | "options" | undefined) =>
    void navigate({ search: what === undefined ? {} : { change: what }, replace: true })
  const hasKey = type !== undefined && keyOptions(type).length > 0
  return (
    <Page
      title={remote.name}
      lead={words.name}
      crumbs={[{ label: "Storage", link: { to: "/storage" } }]}
      actions={
        <>
          <Button icon="check" not={mayNotRun} isBusy={test.isPending} onPress={() => test.mutate()}>
            Test
          </Button>
          {hasKey ? (
            <Button icon="key" not={mayNot} onPress={() => open("key")}>
              Replace key
            </Button>
          ) : null}
          <Button
            icon="edit"
            not={mayNot ?? (type === undefined ? "This service does not know the provider" : undefined)}
            onPress={() => open("options")}
          >
            Options
          </Button>
          <Button look="danger" icon="trash" not={mayNot} onPress={() => setRemoving(true)}>
            Remove
          </Button>
          <LinkButton look="primary" icon="folder" to="/browse" search={{ at: `${name}:` }}>
            Browse
          </LinkButton>
        </>
      }
    >
      {remote.problem === null ? null : (
        <Notice tone="failed" title="It can not be opened">
          {visible(remote.problem)}
        </Notice>
      )}
      <div aria-live="polite">
        {test.data === undefined || test.isPending ? null : <TestResult test={test.data} />}
        {test.error === null ? null : <Notice tone="failed">{messageOf(test.error)}</Notice>}
      </div>
      <Section title="What is set">
        <Card>
          <Facts
            facts={[
              ["Provider", words.name],
              ...Object.entries(remote.options).map(([key, value]) => [labelOf(key), shownValue(value)] as const)
            ]}
          />
        </Card>
      </Section>
      <Limits name={name} more={words.limits} />
      {change !== undefined && type !== undefined ? (
        <Change key={change} remote={remote} type={type} what={change} onClose={() => open(undefined)} />
      ) : null}
      {isRemoving ? <RemoveDialog name={name} onClose={() => setRemoving(false)} /> : null}
    </Page>
  )
}
