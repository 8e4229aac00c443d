import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import type { RemoteAnswer, RemoteTest, StorageType } from "../../../../src/api/storage/StorageGroup.ts"
import { messageOf, post } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { remotes, storageTypes } from "../../api/queries.ts"
import { OptionForm } from "../../forms/OptionForm.tsx"
import { issuesOf, missingOf, type Typed, valuesOf } from "../../forms/OptionValues.ts"
import { useMay } from "../../shell/may.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { TextField } from "../../ui/Field.tsx"
import { Icon } from "../../ui/Icon.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Form, Page } from "../../ui/Page.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import { wordsOf } from "../../words/providers.ts"
import styles from "./AddStorage.module.css"
import { TestResult } from "./StorageTest.tsx"

const order = ["b2", "s3", "sftp", "webdav", "local"]
const rank = ({ type }: StorageType) => (order.includes(type) ? order.indexOf(type) : order.length)

const Providers = ({ onChoose }: { readonly onChoose: (type: string) => void }) => {
  const types = useLoaded(storageTypes)
  const [find, setFind] = useState("")
  const found = types
    .filter(({ description, type }) =>
      `${type} ${description} ${wordsOf(type).name}`.toLowerCase().includes(find.toLowerCase())
    )
    .toSorted((left, right) => rank(left) - rank(right))
  return (
    <>
      <TextField label="Find a provider" type="search" value={find} onChange={setFind} shouldFocus />
      <ul className={styles.providers}>
        {found.map(({ description, type }) => (
          <li key={type}>
            <button type="button" className={styles.provider} onClick={() => onChoose(type)}>
              <Icon name="storage" size={20} />
              <span>
                <strong>{wordsOf(type, description).name}</strong>
                <span>{description}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p>No provider has such a name.</p> : null}
    </>
  )
}

const freeName = (wanted: string, taken: ReadonlyArray<string>): string => {
  if (!taken.includes(wanted)) return wanted
  let number = 2
  while (taken.includes(`${wanted}${number}`)) number++
  return `${wanted}${number}`
}

const Details = ({ type }: { readonly type: StorageType }) => {
  const client = useQueryClient()
  const navigate = useNavigate()
  const say = useSay()
  const known = useLoaded(remotes)
  const mayNot = useMay("storage")
  const [name, setName] = useState(() =>
    freeName(
      type.type,
      known.map((remote) => remote.name)
    )
  )
  const [typed, setTyped] = useState<Typed>({})
  const words = wordsOf(type.type, type.description)
  const options = valuesOf(type.options, typed)
  const test = useMutation({ mutationFn: () => post<RemoteTest>("/storage/test", { type: type.type, options }) })
  const save = useMutation({
    mutationFn: () => post<RemoteAnswer>("/storage/remotes", { name, type: type.type, options }),
    onSuccess: async (added) => {
      await client.invalidateQueries({ queryKey: ["storage"] })
      say({ text: `Added storage ${added.name}` })
      await navigate({ to: "/browse", search: { at: `${added.name}:` } })
    }
  })
  const missing = missingOf(type.options, typed)
  const { name: ofName, ...issues } = { ...issuesOf(test.error), ...issuesOf(save.error) }
  const failed = save.error ?? test.error
  const isNamed = known.some((remote) => remote.name === name)
  const not =
    mayNot ?? missing ?? (name === "" ? "The name is missing" : isNamed ? "Another storage has this name" : undefined)
  return (
    <Form
      label={`Add ${words.name}`}
      onSubmit={() => {
        if (not === undefined) save.mutate()
      }}
      actions={
        <>
          <Button icon="check" not={mayNot ?? missing} isBusy={test.isPending} onPress={() => test.mutate()}>
            Test
          </Button>
          <Button type="submit" look="primary" not={not} isBusy={save.isPending}>
            Save storage
          </Button>
        </>
      }
    >
      {words.steps.length === 0 ? null : (
        <aside className={styles.steps} aria-label="Where the key comes from">
          <h2>Where the key comes from</h2>
          <ol>
            {words.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          {words.page === undefined ? null : (
            <a href={words.page} target="_blank" rel="noreferrer noopener">
              Open the console of the provider
            </a>
          )}
        </aside>
      )}
      <OptionForm options={type.options} typed={typed} onChange={setTyped} issues={issues} />
      <TextField
        label="Name of this storage"
        value={name}
        onChange={setName}
        isRequired
        help="What you will type and see: photos, as in photos:my-bucket/2024."
        error={isNamed ? "Another storage has this name." : ofName}
      />
      {failed === null ? null : (
        <Notice tone="failed" isUrgent title={save.error === null ? "Not tested" : "Not saved"}>
          {messageOf(failed)}
        </Notice>
      )}
      <div aria-live="polite">{test.data === undefined || test.isPending ? null : <TestResult test={test.data} />}</div>
    </Form>
  )
}

export const AddStorage = () => {
  const { type } = useSearch({ from: "/signedIn/storage/~new" })
  const navigate = useNavigate({ from: "/storage/~new" })
  const types = useLoaded(storageTypes)
  const chosen = types.find((one) => one.type === type)
  return (
    <Page
      title={chosen === undefined ? "Add Storage" : `Add ${wordsOf(chosen.type, chosen.description).name}`}
      crumbs={[{ label: "Storage", link: { to: "/storage" } }]}
      isNarrow
      actions={
        chosen === undefined ? null : (
          <LinkButton to="/storage/~new" look="quiet" icon="back">
            Another provider
          </LinkButton>
        )
      }
    >
      {chosen === undefined ? (
        <Providers onChoose={(one) => void navigate({ search: { type: one } })} />
      ) : (
        <Details key={chosen.type} type={chosen} />
      )}
    </Page>
  )
}
