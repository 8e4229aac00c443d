import { useParams, useSearch } from "@tanstack/react-router"
import { useLoaded } from "../../api/loaded.ts"
import { repositories } from "../../api/queries.ts"
import { tasksOfKind } from "../../api/tasks.ts"
import { LinkButton } from "../../ui/Button.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Page } from "../../ui/Page.tsx"
import { Path } from "../../ui/Path.tsx"
import { Tabs } from "../../ui/Tabs.tsx"
import { exactly } from "../../words/moments.ts"
import styles from "./Backup.module.css"
import { Care } from "./Care.tsx"
import { FindInSnapshots } from "./FindInSnapshots.tsx"
import { isGood, lastOf } from "./repositoryTasks.ts"
import { SnapshotList } from "./SnapshotList.tsx"

export const RepositoryDetail = () => {
  const { repository: name } = useParams({ from: "/signedIn/backup/$repository" })
  const { view } = useSearch({ from: "/signedIn/backup/$repository" })
  const all = useLoaded(repositories)
  const repository = all.find((one) => one.name === name)
  const check = lastOf(useLoaded(tasksOfKind("checkRepository")), name)
  const drill = lastOf(useLoaded(tasksOfKind("drill")), name)
  const said = (task: typeof check) =>
    task === undefined || task.endedAt === null
      ? "not yet"
      : `${exactly(task.endedAt)}, ${isGood(task) ? "good" : "found something"}`
  const link = (one: "find" | "care" | undefined) =>
    ({
      to: "/backup/$repository",
      params: { repository: name },
      search: one === undefined ? {} : { view: one }
    }) as const
  return (
    <Page
      title={name}
      lead={<Path>{repository?.location ?? name}</Path>}
      crumbs={[{ label: "Backup", link: { to: "/backup" } }]}
      actions={
        <LinkButton look="primary" icon="plus" to="/backup/$repository/new" params={{ repository: name }}>
          New Backup
        </LinkButton>
      }
    >
      {repository === undefined ? <Notice tone="failed" title="No repository has this name here" /> : null}
      {repository?.hasPassword === false ? (
        <Notice tone="waiting" title="Its password is not kept here">
          Tasks of this repository wait for it. Give it under Care.
        </Notice>
      ) : null}
      <p className={styles.line}>
        <span>
          Last check: <strong>{said(check)}</strong>
        </span>
        <span>
          Last drill: <strong>{said(drill)}</strong>
        </span>
      </p>
      <Tabs
        label="Of this repository"
        tabs={[
          { label: "Snapshots", isCurrent: view === undefined, link: link(undefined) },
          { label: "Find a file", isCurrent: view === "find", link: link("find") },
          { label: "Care", isCurrent: view === "care", link: link("care") }
        ]}
      />
      {repository !== undefined && view === undefined ? <SnapshotList repository={name} /> : null}
      {repository !== undefined && view === "find" ? <FindInSnapshots repository={name} /> : null}
      {repository !== undefined && view === "care" ? (
        <Care repository={name} hasPassword={repository.hasPassword} />
      ) : null}
    </Page>
  )
}
