/** Goes anywhere by typing a part of its name: screens, storages, repositories, tasks. */
import { titleOf } from "@ourclone/tasks/task/TaskTitle"
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { type LinkProps, useRouter } from "@tanstack/react-router"
import { type KeyboardEvent, useId, useState } from "react"
import { remotes, repositories } from "../api/queries.ts"
import { taskList } from "../api/tasks.ts"
import { Dialog } from "../ui/Dialog.tsx"
import { Icon, type IconName } from "../ui/Icon.tsx"
import styles from "./Palette.module.css"
import { places } from "./places.ts"
import { newItems } from "./SignedIn.tsx"

interface Target {
  readonly key: string
  readonly label: string
  readonly kind: string
  readonly icon: IconName
  readonly link: LinkProps
}

export type Opened = "palette" | "new" | "more" | "keys" | undefined

const shownAtOnce = 12

const useTargets = (): ReadonlyArray<Target> => {
  const { data: storages = [] } = useQuery(remotes)
  const { data: kept = [] } = useQuery(repositories)
  const { data: tasks = [] } = useInfiniteQuery(taskList("all"))
  return [
    ...places.map(({ icon, label, to }): Target => ({ key: to, icon, label, kind: "Screen", link: { to } })),
    ...newItems.map(
      ({ icon, label, to }): Target => ({ key: `new ${to}`, icon, label: `New ${label}`, kind: "New", link: { to } })
    ),
    ...storages.map(
      ({ name }): Target => ({
        key: `storage ${name}`,
        icon: "storage",
        label: name,
        kind: "Storage",
        link: { to: "/browse", search: { at: `${name}:` } }
      })
    ),
    ...kept.map(
      ({ name }): Target => ({
        key: `repository ${name}`,
        icon: "archive",
        label: name,
        kind: "Repository",
        link: { to: "/backup/$repository", params: { repository: name } }
      })
    ),
    ...tasks.slice(0, 200).map(
      (task): Target => ({
        key: task.id,
        icon: "tasks",
        label: titleOf(task),
        kind: "Task",
        link: { to: "/tasks/$id", params: { id: task.id } }
      })
    )
  ]
}

const Search = ({ onClose }: { readonly onClose: () => void }) => {
  const router = useRouter()
  const id = useId()
  const targets = useTargets()
  const [typed, setTyped] = useState("")
  const [at, setAt] = useState(0)
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const matches = (target: Target) =>
    words.every((word) => `${target.kind} ${target.label}`.toLowerCase().includes(word))
  const found = targets.filter(matches).slice(0, shownAtOnce)
  const go = (target: Target | undefined) => {
    if (target === undefined) return
    onClose()
    void router.navigate(target.link)
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter") go(found[at])
    else if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1))
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1))
    else return
    event.preventDefault()
  }
  return (
    <Dialog title="Search or go to" onClose={onClose}>
      <input
        className={styles.input}
        role="combobox"
        aria-label="Search"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found[at] === undefined ? undefined : `${id}-${at}`}
        value={typed}
        placeholder="A screen, storage, repository or task"
        onChange={(event) => {
          setTyped(event.target.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      <div role="listbox" id={`${id}-list`} aria-label="Found" className={styles.list}>
        {found.map((target, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field
          <div
            key={target.key}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className={styles.option}
            onClick={() => go(target)}
          >
            <Icon name={target.icon} />
            <span className={styles.label}>{target.label}</span>
            <span className={styles.kind}>{target.kind}</span>
          </div>
        ))}
      </div>
      {found.length === 0 ? <p>Nothing has such a name.</p> : null}
    </Dialog>
  )
}

const Sheet = ({ title, onClose, targets }: { title: string; onClose: () => void; targets: ReadonlyArray<Target> }) => {
  const router = useRouter()
  return (
    <Dialog title={title} onClose={onClose}>
      <div className={styles.list}>
        {targets.map((target) => (
          <button
            key={target.key}
            type="button"
            className={styles.option}
            onClick={() => {
              onClose()
              void router.navigate(target.link)
            }}
          >
            <Icon name={target.icon} />
            <span className={styles.label}>{target.label}</span>
          </button>
        ))}
      </div>
    </Dialog>
  )
}

export const Palette = ({ open, onOpen }: { readonly open: Opened; readonly onOpen: (open: Opened) => void }) => {
  const close = () => onOpen(undefined)
  const sheet = (some: ReadonlyArray<{ to: string; label: string; icon: IconName }>): ReadonlyArray<Target> =>
    some.map(({ icon, label, to }) => ({ key: to, icon, label, kind: "", link: { to } as LinkProps }))
  if (open === "palette") return <Search onClose={close} />
  if (open === "new") return <Sheet title="New" onClose={close} targets={sheet(newItems)} />
  if (open === "more") {
    const rest = places.filter(({ to }) => to !== "/" && to !== "/tasks" && to !== "/storage")
    return <Sheet title="More" onClose={close} targets={sheet(rest)} />
  }
  return null
}
