/** One place, its files, and what can be done with them. */
import * as Amount from "@ourclone/core/events/Amount"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useRouter } from "@tanstack/react-router"
import { type KeyboardEvent, useRef, useState } from "react"
import { addressOf, messageOf } from "../../api/call.ts"
import { remotes } from "../../api/queries.ts"
import { refresh } from "../../api/refresh.ts"
import { type Item, localTop, useListing } from "../../places/listing.ts"
import { useMay } from "../../shell/may.ts"
import { Button, DownloadButton } from "../../ui/Button.tsx"
import { type Column, DataTable } from "../../ui/DataTable.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { Icon } from "../../ui/Icon.tsx"
import { Menu } from "../../ui/Menu.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { visible } from "../../ui/Path.tsx"
import { exactly } from "../../words/moments.ts"
import { patternOf } from "../../words/patterns.ts"
import { partsOf, trail } from "../../words/placeText.ts"
import styles from "./Browse.module.css"
import { DeleteDialog } from "./DeleteDialog.tsx"
import { NewFolderDialog } from "./NewFolderDialog.tsx"
import { Uploads, useUploads } from "./Uploads.tsx"

interface PaneProps {
  readonly label: string
  readonly place: string
  /** The other pane's place, if there is one. */
  readonly facing: string | undefined
  readonly isFocused: boolean
  readonly onFocus: () => void
  readonly onGo: (place: string) => void
  readonly onVersions: (file: string) => void
}

const icons = { folder: "folder", file: "file", skipped: "alert" } as const

const columns: ReadonlyArray<Column<Item>> = [
  {
    id: "name",
    label: "Name",
    width: "minmax(160px, 1fr)",
    onPhone: "first",
    cell: ({ because, kind, name }) => (
      <span className={`${styles.name} ${kind === "folder" ? styles.folder : ""}`} title={because ?? visible(name)}>
        <Icon name={icons[kind]} />
        <span>{visible(name)}</span>
      </span>
    )
  },
  {
    id: "size",
    label: "Size",
    width: "90px",
    isNumber: true,
    cell: ({ kind, size }) => (
      <span title={size === undefined ? undefined : `${Amount.count(size)} bytes`}>
        {size === undefined ? (kind === "folder" ? "folder" : "–") : Amount.bytes(size)}
      </span>
    )
  },
  {
    id: "modified",
    label: "Modified",
    width: "130px",
    cell: ({ modifiedAt }) => (modifiedAt === undefined ? "–" : exactly(modifiedAt))
  }
]

const Places = ({ place, onGo }: Pick<PaneProps, "place" | "onGo">) => {
  const { data: storages = [] } = useQuery(remotes)
  const { storage } = partsOf(place)
  return (
    <select
      className={styles.place}
      aria-label="Storage"
      value={storage === undefined ? localTop : `${storage}:`}
      onChange={(event) => onGo(event.target.value)}
    >
      {storages.map(({ name }) => (
        <option key={name} value={`${name}:`}>
          {name}
        </option>
      ))}
      <option value={localTop}>This computer</option>
    </select>
  )
}

export const Pane = ({ facing, isFocused, label, onFocus, onGo, onVersions, place }: PaneProps) => {
  const router = useRouter()
  const client = useQueryClient()
  const { data, error, isFetching, refetch } = useListing(place)
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const [asks, setAsks] = useState<"delete" | "folder" | undefined>()
  const [isOver, setOver] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const uploads = useUploads(place, () => void refresh(client, ["rows", "list"]))
  const mayNot = useMay("run")
  const { path, storage } = partsOf(place)
  const isTop = place === localTop
  const isAccount = storage !== undefined && path === ""
  const items = data?.items ?? []
  const chosen = items.filter((item) => marked.has(item.place))
  const [only] = chosen.length === 1 ? chosen : []
  const none = chosen.length === 0 ? "Mark something first" : undefined
  const notHere = mayNot ?? (isTop || isAccount ? "Open a bucket or folder first" : undefined)
  const go = (to: string) => {
    setMarked(new Set())
    onGo(to)
  }
  const transfer = (mode: "copy" | "move" | "sync") => {
    const isOneFolder = only?.kind === "folder"
    void router.navigate({
      to: "/migrate",
      search: {
        mode,
        from: only === undefined ? place : only.place,
        ...(chosen.length > 1 ? { include: chosen.map(patternOf) } : {}),
        ...(facing === undefined
          ? {}
          : { to: isOneFolder ? `${facing.replace(/(?<=[^:/])$/, "/")}${only.name}` : facing })
      }
    })
  }
  const press = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement && event.target.type !== "checkbox") return
    if (event.key === "F5" && facing !== undefined) transfer("copy")
    else if (event.key === "F6" && facing !== undefined) transfer("move")
    else if (event.key === "Delete" && none === undefined && notHere === undefined) setAsks("delete")
    else return
    event.preventDefault()
  }
  const toWhere = facing === undefined ? "to…" : "to the other pane"
  return (
    // biome-ignore lint/a11y/useSemanticElements: a region with a name of its own
    <div
      role="region"
      aria-label={label}
      className={`${styles.pane} ${isOver ? styles.drop : ""}`}
      onFocus={isFocused ? undefined : onFocus}
      onKeyDown={press}
      onDragOver={(event) => {
        if (notHere !== undefined || !event.dataTransfer.types.includes("Files")) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        if (notHere === undefined) uploads.add([...event.dataTransfer.files])
      }}
    >
      <div className={styles.bar}>
        <Places place={place} onGo={go} />
        <nav aria-label={`Path of ${label.toLowerCase()}`} className={styles.trail}>
          {isTop
            ? null
            : trail(place).map((step) => (
                <button
                  key={step.place}
                  type="button"
                  aria-current={step.place === place ? true : undefined}
                  onClick={() => go(step.place)}
                >
                  {visible(step.name)}
                </button>
              ))}
        </nav>
      </div>
      <div className={styles.tools}>
        <span className={styles.marked} aria-live="polite">
          {chosen.length === 0
            ? data === undefined
              ? isFetching
                ? "Looking…"
                : ""
              : `${Amount.count(items.length)}${data.isCut ? "+" : ""} here`
            : `${Amount.count(chosen.length)} marked, ${Amount.bytes(chosen.reduce((sum, { size = 0 }) => sum + size, 0))}`}
        </span>
        {only?.kind === "file" ? (
          <DownloadButton isDense address={addressOf("/files", { path: only.place })} name={only.name}>
            Download
          </DownloadButton>
        ) : null}
        {only?.kind === "file" ? (
          <Button isDense icon="history" onPress={() => onVersions(only.place)}>
            Versions
          </Button>
        ) : null}
        <Menu
          label={chosen.length === 0 ? "Transfer this folder" : "Transfer"}
          icon="migrate"
          isDense
          items={[
            {
              label: `Copy ${toWhere}`,
              icon: "copy",
              not: mayNot ?? (isTop ? "Open a folder first" : undefined),
              onPress: () => transfer("copy")
            },
            { label: `Move ${toWhere}`, icon: "migrate", not: notHere, onPress: () => transfer("move") },
            {
              label: `Sync ${toWhere}`,
              icon: "refresh",
              not:
                mayNot ??
                (isTop
                  ? "Open a folder first"
                  : chosen.length > 1 || only?.kind === "file"
                    ? "Sync is of one folder"
                    : undefined),
              onPress: () => transfer("sync")
            }
          ]}
        />
        <Button icon="upload" isDense not={notHere} onPress={() => picker.current?.click()}>
          Upload
        </Button>
        <Button
          icon="plus"
          isDense
          not={mayNot ?? (isTop ? "Open a folder first" : undefined)}
          onPress={() => setAsks("folder")}
        >
          {isAccount ? "New bucket" : "New folder"}
        </Button>
        <Button icon="trash" isDense not={notHere ?? none} onPress={() => setAsks("delete")}>
          Delete
        </Button>
        <Button icon="refresh" isDense isBusy={isFetching} onPress={() => void refetch()}>
          Reload
        </Button>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label="Files to upload"
          onChange={(event) => {
            uploads.add([...(event.target.files ?? [])])
            event.target.value = ""
          }}
        />
      </div>
      <Uploads uploads={uploads} />
      {error === null ? null : (
        <Notice
          tone="failed"
          title="This could not be listed"
          actions={
            <Button isDense onPress={() => void refetch()}>
              Try again
            </Button>
          }
        >
          {messageOf(error)}
        </Notice>
      )}
      {data !== undefined && items.length === 0 ? (
        <Empty icon="folder" title="Nothing here">
          {isAccount ? "Make a bucket, or load something up into one." : "Load files up, or drop them here."}
        </Empty>
      ) : (
        <DataTable
          label={`Files in ${place === localTop ? "this computer" : place}`}
          rows={items}
          columns={columns}
          keyOf={(item) => item.place}
          nameOf={({ name }) => name}
          marks={{ marked, onChange: setMarked }}
          onOpen={(item) => {
            if (item.kind === "folder") go(item.place)
            else setMarked(new Set([item.place]))
          }}
        />
      )}
      {data?.isCut === true ? (
        <p className={styles.muted}>More is here than is shown. Open a folder, or transfer it as a whole.</p>
      ) : null}
      {asks === "delete" ? (
        <DeleteDialog
          place={place}
          items={chosen}
          onClose={() => setAsks(undefined)}
          onStarted={() => setMarked(new Set())}
        />
      ) : null}
      {asks === "folder" ? (
        <NewFolderDialog place={place} isBucket={isAccount} onClose={() => setAsks(undefined)} />
      ) : null}
    </div>
  )
}
