import { titleOf } from "@ourclone/tasks/task/TaskTitle"
import { useInfiniteQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { type TabName, tabs, taskList } from "../../api/tasks.ts"
import { LinkButton } from "../../ui/Button.tsx"
import { DataTable } from "../../ui/DataTable.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { TextField } from "../../ui/Field.tsx"
import { Page } from "../../ui/Page.tsx"
import { Tabs } from "../../ui/Tabs.tsx"
import styles from "./TaskList.module.css"
import { taskColumns } from "./TaskRow.tsx"

const shown = ["all", "running", "waiting", "failed", "done"] as const satisfies ReadonlyArray<TabName>

export const TaskList = () => {
  const { find = "", tab = "all" } = useSearch({ from: "/signedIn/tasks" })
  const navigate = useNavigate({ from: "/tasks" })
  const { data: tasks = [], fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(taskList(tab))
  const { data: active = [] } = useInfiniteQuery(taskList("active"))
  const words = find.toLowerCase().split(/\s+/).filter(Boolean)
  const found = tasks.filter((task) => {
    const text = `${titleOf(task)} ${task.id}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const countOf = (name: TabName) =>
    name === "running" || name === "waiting" ? active.filter(tabs[name].holds).length : undefined
  return (
    <Page
      title="Tasks"
      lead="Everything that runs or ran, also what the command line started. It goes on when this page is closed."
      actions={
        <LinkButton to="/migrate" icon="plus" look="primary">
          New transfer
        </LinkButton>
      }
    >
      <Tabs
        label="Which tasks"
        tabs={shown.map((name) => ({
          label: tabs[name].label,
          count: countOf(name),
          isCurrent: name === tab,
          link: { to: "/tasks", search: { ...(name === "all" ? {} : { tab: name }), ...(find === "" ? {} : { find }) } }
        }))}
      />
      {tasks.length === 0 ? (
        <Empty
          icon="tasks"
          title={tab === "all" ? "Nothing has run yet" : `No tasks are ${tabs[tab].label.toLowerCase()}`}
          actions={
            tab === "all" ? (
              <LinkButton to="/migrate">Migrate</LinkButton>
            ) : (
              <LinkButton to="/tasks">All tasks</LinkButton>
            )
          }
        >
          {tab === "all"
            ? "A transfer, a backup or a restore shows here as soon as it is started, and stays here after it has ended."
            : null}
        </Empty>
      ) : (
        <>
          <div className={styles.filter}>
            <TextField
              label="Filter"
              type="search"
              value={find}
              placeholder="A part of a name, place or id"
              onChange={(value) =>
                void navigate({
                  search: (before) => ({ ...before, find: value === "" ? undefined : value }),
                  replace: true
                })
              }
            />
          </div>
          <DataTable
            label="Tasks"
            rows={found}
            columns={taskColumns}
            keyOf={({ id }) => id}
            nameOf={titleOf}
            onOpen={({ id }) => void navigate({ to: "/tasks/$id", params: { id } })}
            onEnd={() => {
              if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
            }}
          />
        </>
      )}
    </Page>
  )
}
