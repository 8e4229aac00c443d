import { useQuery } from "@tanstack/react-query"
import type { RemoteAnswer } from "../../../../src/api/storage/StorageGroup.ts"
import { useLoaded } from "../../api/loaded.ts"
import { about, remotes, storageTypes } from "../../api/queries.ts"
import { useMay } from "../../shell/may.ts"
import { LinkButton } from "../../ui/Button.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { Icon } from "../../ui/Icon.tsx"
import { Page } from "../../ui/Page.tsx"
import { visible } from "../../ui/Path.tsx"
import { StateBadge } from "../../ui/StateBadge.tsx"
import { wordsOf } from "../../words/providers.ts"
import styles from "./StorageList.module.css"
import { TestButton } from "./StorageTest.tsx"
import { UsedLine } from "./Used.tsx"

const RemoteCard = ({ remote }: { readonly remote: RemoteAnswer }) => {
  const { data: types = [] } = useQuery(storageTypes)
  const description = types.find(({ type }) => type === remote.type)?.description
  return (
    <li className={styles.card}>
      <header>
        <span className={styles.icon}>
          <Icon name="storage" size={20} />
        </span>
        <div>
          <h2>{remote.name}</h2>
          <p>{wordsOf(remote.type, description).name}</p>
        </div>
      </header>
      {remote.problem === null ? (
        <div className={styles.looks}>
          <TestButton name={remote.name} />
          <UsedLine name={remote.name} type={remote.type} />
        </div>
      ) : (
        <p className={styles.problem}>
          <StateBadge tone="failed" icon="alert">
            can not be opened
          </StateBadge>
          <span>{visible(remote.problem)}</span>
        </p>
      )}
      <footer>
        <LinkButton isDense icon="folder" to="/browse" search={{ at: `${remote.name}:` }}>
          Browse<span className="sr-only"> {remote.name}</span>
        </LinkButton>
        <LinkButton isDense look="quiet" to="/storage/$name" params={{ name: remote.name }}>
          Details<span className="sr-only"> of {remote.name}</span>
        </LinkButton>
      </footer>
    </li>
  )
}

const Local = () => {
  const { host, roots } = useLoaded(about)
  return (
    <li className={styles.card}>
      <header>
        <span className={styles.icon}>
          <Icon name="laptop" size={20} />
        </span>
        <div>
          <h2>This computer</h2>
          <p>{host}</p>
        </div>
      </header>
      <p className={styles.roots}>
        {roots.length === 0
          ? "No folder of this machine is allowed. Name some when the service is started."
          : `Allowed: ${roots.map(visible).join(", ")}`}
      </p>
      {roots[0] === undefined ? null : (
        <footer>
          <LinkButton isDense icon="folder" to="/browse" search={{ at: roots[0] }}>
            Browse<span className="sr-only"> this computer</span>
          </LinkButton>
        </footer>
      )}
    </li>
  )
}

export const StorageList = () => {
  const all = useLoaded(remotes)
  const mayNot = useMay("storage")
  return (
    <Page
      title="Storage"
      lead="Places that OurClone can read and write, each with its own key."
      actions={
        mayNot === undefined ? (
          <LinkButton to="/storage/~new" icon="plus" look="primary">
            Add Storage
          </LinkButton>
        ) : null
      }
    >
      {all.length === 0 ? (
        <Empty
          icon="storage"
          title="No storage yet"
          actions={
            <LinkButton to="/storage/~new" look="primary" icon="plus">
              Add Storage
            </LinkButton>
          }
        >
          Backblaze B2 needs a key ID and an application key. You make both in the Backblaze console, under Application
          Keys.
        </Empty>
      ) : null}
      <ul className={styles.cards}>
        {all.map((remote) => (
          <RemoteCard key={remote.name} remote={remote} />
        ))}
        <Local />
      </ul>
    </Page>
  )
}
