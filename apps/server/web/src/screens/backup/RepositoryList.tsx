import { Link } from "@tanstack/react-router"
import type { RepositoryAnswer } from "../../../../src/api/query/RepositoryGroup.ts"
import type { TaskAnswer } from "../../../../src/api/tasks/TaskAnswer.ts"
import { useLoaded } from "../../api/loaded.ts"
import { repositories } from "../../api/queries.ts"
import { tasksOfKind } from "../../api/tasks.ts"
import { useMay } from "../../shell/may.ts"
import { LinkButton } from "../../ui/Button.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { Icon } from "../../ui/Icon.tsx"
import { Facts, Page } from "../../ui/Page.tsx"
import { Path } from "../../ui/Path.tsx"
import { StateBadge } from "../../ui/StateBadge.tsx"
import { shortly } from "../../words/moments.ts"
import styles from "./Backup.module.css"
import { isGood, lastOf } from "./repositoryTasks.ts"

const Last = ({ task }: { readonly task: TaskAnswer | undefined }) => {
  if (task === undefined || task.endedAt === null)
    return (
      <StateBadge tone="quiet" icon="clock">
        not yet
      </StateBadge>
    )
  return (
    <StateBadge tone={isGood(task) ? "done" : "failed"} icon={isGood(task) ? "check" : "alert"}>
      {shortly(task.endedAt, Date.now())}
    </StateBadge>
  )
}

interface RepositoryProps {
  readonly repository: RepositoryAnswer
  readonly backups: ReadonlyArray<TaskAnswer>
  readonly checks: ReadonlyArray<TaskAnswer>
  readonly drills: ReadonlyArray<TaskAnswer>
}

const Repository = ({ backups, checks, drills, repository }: RepositoryProps) => {
  const { hasPassword, location, name } = repository
  return (
    <li className={styles.repository}>
      <header>
        <Icon name="archive" size={20} />
        <div>
          <h2>
            <Link to="/backup/$repository" params={{ repository: name }}>
              {name}
            </Link>
          </h2>
          <Path>{location}</Path>
        </div>
      </header>
      <Facts
        facts={[
          ["Last backup", <Last key="backup" task={lastOf(backups, name)} />],
          ["Last check", <Last key="check" task={lastOf(checks, name)} />],
          ["Last drill", <Last key="drill" task={lastOf(drills, name)} />]
        ]}
      />
      {hasPassword ? null : (
        <StateBadge tone="waiting" icon="key">
          no password here: its tasks wait
        </StateBadge>
      )}
      <footer>
        <LinkButton isDense icon="plus" to="/backup/$repository/new" params={{ repository: name }}>
          New Backup<span className="sr-only"> to {name}</span>
        </LinkButton>
        <LinkButton isDense look="quiet" to="/backup/$repository" params={{ repository: name }}>
          Snapshots<span className="sr-only"> of {name}</span>
        </LinkButton>
      </footer>
    </li>
  )
}

export const RepositoryList = () => {
  const all = useLoaded(repositories)
  const backups = useLoaded(tasksOfKind("backup"))
  const checks = useLoaded(tasksOfKind("checkRepository"))
  const drills = useLoaded(tasksOfKind("drill"))
  const mayNot = useMay("backup")
  const make =
    mayNot === undefined ? (
      <LinkButton to="/backup/~new" icon="plus" look="primary">
        New repository
      </LinkButton>
    ) : null
  return (
    <Page
      title="Backup"
      lead="A repository keeps encrypted snapshots of folders. Unchanged files are not stored again."
      actions={all.length === 0 ? null : make}
    >
      {all.length === 0 ? (
        <Empty icon="archive" title="No repository yet" actions={make}>
          A repository keeps encrypted snapshots on a storage or in a folder. You need a password for it; nobody can
          recover it.
        </Empty>
      ) : (
        <ul className={styles.repositories}>
          {all.map((repository) => (
            <Repository key={repository.name} {...{ repository, backups, checks, drills }} />
          ))}
        </ul>
      )}
    </Page>
  )
}
