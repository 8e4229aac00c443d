import * as Amount from "@ourclone/core/events/Amount"
import { useQuery } from "@tanstack/react-query"
import { useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { addressOf, messageOf } from "../../api/call.ts"
import { DownloadButton, LinkButton } from "../../ui/Button.tsx"
import { type Column, DataTable } from "../../ui/DataTable.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { Icon } from "../../ui/Icon.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Page } from "../../ui/Page.tsx"
import { visible } from "../../ui/Path.tsx"
import { exactly } from "../../words/moments.ts"
import { nameIn } from "../../words/placeText.ts"
import styles from "./Backup.module.css"
import { SnapshotDiff } from "./SnapshotDiff.tsx"
import { SnapshotLine } from "./SnapshotLine.tsx"
import { shortId } from "./SnapshotList.tsx"
import { childrenIn, folderOf, type NodeJson, snapshotIn } from "./snapshotNodes.ts"
import { zipAddress } from "./zip.ts"

const columns: ReadonlyArray<Column<NodeJson>> = [
  {
    id: "name",
    label: "Name",
    width: "minmax(180px, 1fr)",
    onPhone: "first",
    cell: ({ name, type }) => (
      <span className={styles.name}>
        <Icon name={type === "dir" ? "folder" : "file"} />
        {visible(name)}
      </span>
    )
  },
  {
    id: "size",
    label: "Size",
    width: "90px",
    isNumber: true,
    cell: ({ size, type }) => (type === "file" ? Amount.bytes(size) : type === "dir" ? "folder" : type)
  },
  { id: "changed", label: "Modified", width: "132px", cell: ({ mtime }) => exactly(Date.parse(mtime)) }
]

const stepsOf = (folder: string): ReadonlyArray<{ readonly path: string; readonly name: string }> => {
  const names = folder.split("/").filter(Boolean)
  return [
    { path: "/", name: "/" },
    ...names.map((name, index) => ({ path: `/${names.slice(0, index + 1).join("/")}`, name }))
  ]
}

export const SnapshotDetail = () => {
  const { repository, snapshot } = useParams({ from: "/signedIn/backup/$repository/$snapshot" })
  const { against, folder = "/" } = useSearch({ from: "/signedIn/backup/$repository/$snapshot" })
  const navigate = useNavigate({ from: "/backup/$repository/$snapshot" })
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const { data, error, isFetching } = useQuery(folderOf(repository, snapshot, folder))
  const found = data?.rows ?? []
  const children = childrenIn(folder, found)
  const chosen = [...marked]
  const [only] = children.filter(({ path, type }) => type === "file" && marked.size === 1 && marked.has(path))
  const zip = zipAddress(repository, snapshot, chosen.length === 0 ? [folder] : chosen)
  const go = (path: string) => {
    setMarked(new Set())
    void navigate({ search: path === "/" ? {} : { folder: path } })
  }
  return (
    <Page
      title={`Snapshot ${shortId(snapshot)}`}
      crumbs={[
        { label: "Backup", link: { to: "/backup" } },
        { label: repository, link: { to: "/backup/$repository", params: { repository } } }
      ]}
      actions={
        <LinkButton
          look="primary"
          icon="restore"
          to="/backup/$repository/$snapshot/restore"
          params={{ repository, snapshot }}
          search={chosen.length === 0 ? {} : { select: chosen }}
        >
          {chosen.length === 0 ? "Restore all of it" : `Restore ${chosen.length} selected`}
        </LinkButton>
      }
    >
      <SnapshotLine snapshot={snapshotIn(found)} />
      {against === undefined ? (
        <>
          <div className={styles.tools}>
            <nav aria-label="Folder" className={`${styles.trail} ${styles.grow}`}>
              {stepsOf(folder).map(({ name, path }) => (
                <button
                  key={path}
                  type="button"
                  aria-current={path === folder ? true : undefined}
                  onClick={() => go(path)}
                >
                  {visible(name)}
                </button>
              ))}
            </nav>
            {only === undefined ? (
              zip === undefined ? null : (
                <DownloadButton isDense address={zip} name={`${shortId(snapshot)}.zip`}>
                  {chosen.length === 0 ? "Download this folder as ZIP" : `Download ${chosen.length} marked as ZIP`}
                </DownloadButton>
              )
            ) : (
              <>
                <DownloadButton
                  isDense
                  address={addressOf("/snapshots/files", { repository, snapshot, file: only.path })}
                  name={nameIn(only.path)}
                >
                  Download {visible(only.name)}
                </DownloadButton>
                <LinkButton
                  isDense
                  icon="history"
                  to="/backup/$repository"
                  params={{ repository }}
                  search={{ view: "find", find: only.path }}
                >
                  Versions of this file
                </LinkButton>
              </>
            )}
          </div>
          {error === null ? null : (
            <Notice tone="failed" title="This could not be read">
              {messageOf(error)}
            </Notice>
          )}
          {data === undefined && error === null ? <p role="status">Reading the snapshot…</p> : null}
          {data !== undefined && children.length === 0 && !isFetching ? (
            <Empty icon="folder" title="Empty folder" />
          ) : null}
          {children.length === 0 ? null : (
            <DataTable
              label="Files of the snapshot"
              rows={children}
              columns={columns}
              keyOf={({ path }) => path}
              nameOf={({ name }) => name}
              marks={{ marked, onChange: setMarked }}
              onOpen={({ path, type }) => {
                if (type === "dir") go(path)
                else setMarked(new Set([path]))
              }}
            />
          )}
        </>
      ) : (
        <SnapshotDiff repository={repository} from={against} to={snapshot} />
      )}
    </Page>
  )
}
