/** People look for a file, not for a snapshot: every version of it, over all snapshots. */
import * as Amount from "@ourclone/core/events/Amount"
import { useQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { addressOf, messageOf } from "../../api/call.ts"
import { rows } from "../../api/queries.ts"
import { Button, DownloadButton, LinkButton } from "../../ui/Button.tsx"
import { type Column, DataTable } from "../../ui/DataTable.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { TextField } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Form } from "../../ui/Page.tsx"
import { Path } from "../../ui/Path.tsx"
import { exactly } from "../../words/moments.ts"
import { nameIn } from "../../words/placeText.ts"
import styles from "./Backup.module.css"
import { type FindRow, type Match, matchesOf } from "./matches.ts"

const patternOf = (typed: string): string => (/[*?[]/.test(typed) || typed.startsWith("/") ? typed : `*${typed}*`)

export const FindInSnapshots = ({ repository }: { readonly repository: string }) => {
  const { find } = useSearch({ from: "/signedIn/backup/$repository" })
  const navigate = useNavigate({ from: "/backup/$repository" })
  const [typed, setTyped] = useState(find ?? "")
  const { data, error, isFetching } = useQuery({
    ...rows<FindRow>("find", { repository, patterns: [patternOf(find ?? "")], ignoreCase: true }),
    enabled: find !== undefined
  })
  const matches = matchesOf(data?.rows ?? [])
  const columns: ReadonlyArray<Column<Match>> = [
    {
      id: "path",
      label: "Path",
      width: "minmax(200px, 2fr)",
      onPhone: "first",
      cell: ({ node }) => <Path>{node.path}</Path>
    },
    {
      id: "size",
      label: "Size",
      width: "84px",
      isNumber: true,
      cell: ({ node }) => (node.type === "file" ? Amount.bytes(node.size) : node.type)
    },
    {
      id: "changed",
      label: "Changed",
      width: "132px",
      onPhone: "none",
      cell: ({ node }) => exactly(Date.parse(node.mtime))
    },
    {
      id: "snapshot",
      label: "In the snapshot of",
      width: "140px",
      cell: ({ snapshot }) => exactly(Date.parse(snapshot.time))
    },
    {
      id: "actions",
      label: "Do",
      width: "236px",
      cell: ({ node, snapshot }) => (
        <span className={styles.row}>
          {node.type === "file" ? (
            <DownloadButton
              isDense
              address={addressOf("/snapshots/files", { repository, snapshot: snapshot.id, file: node.path })}
              name={nameIn(node.path)}
            >
              Download
            </DownloadButton>
          ) : null}
          <LinkButton
            isDense
            look="quiet"
            to="/backup/$repository/$snapshot/restore"
            params={{ repository, snapshot: snapshot.id }}
            search={{ select: [node.path] }}
          >
            Restore
          </LinkButton>
        </span>
      )
    }
  ]
  return (
    <>
      <Form
        label="Find a file"
        onSubmit={() => void navigate({ search: { view: "find", ...(typed === "" ? {} : { find: typed }) } })}
        actions={
          <Button
            type="submit"
            icon="search"
            isBusy={isFetching}
            not={typed === "" ? "Type a part of a name" : undefined}
          >
            Find
          </Button>
        }
      >
        <TextField
          label="Name or path"
          type="search"
          value={typed}
          onChange={setTyped}
          help="A part of the name, or a pattern such as *.odt or /home/ann/letters/*."
        />
      </Form>
      {error === null ? null : (
        <Notice tone="failed" title="The search failed">
          {messageOf(error)}
        </Notice>
      )}
      {find !== undefined && data !== undefined && matches.length === 0 && !isFetching ? (
        <Empty icon="search" title="No snapshot holds such a name" />
      ) : null}
      {matches.length === 0 ? null : (
        <DataTable
          label="Found files"
          hasButtons
          rows={matches}
          columns={columns}
          keyOf={({ node, snapshot }) => `${snapshot.id} ${node.path}`}
          nameOf={({ node }) => node.path}
        />
      )}
    </>
  )
}
