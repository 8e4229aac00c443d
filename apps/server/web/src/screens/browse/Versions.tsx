/** Every version of a file: those that its storage keeps, or those that snapshots hold of a file of this computer. */
import * as Amount from "@ourclone/core/events/Amount"
import type { SnapshotRow } from "@ourclone/jobs/repository/SnapshotRow"
import { useQueries, useQuery } from "@tanstack/react-query"
import { type ReactNode, useState } from "react"
import { addressOf, messageOf } from "../../api/call.ts"
import { repositories, rows } from "../../api/queries.ts"
import { useShortTask } from "../../api/start.ts"
import { useMay } from "../../shell/may.ts"
import { Button, DownloadButton, LinkButton } from "../../ui/Button.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { visible } from "../../ui/Path.tsx"
import { exactly } from "../../words/moments.ts"
import { nameIn, partsOf } from "../../words/placeText.ts"
import { type FindRow, matchesOf } from "../backup/matches.ts"
import { literal } from "../backup/whereTheyWere.ts"
import styles from "./Browse.module.css"
import { Preview } from "./Preview.tsx"

interface ShownVersion {
  readonly key: string
  readonly at: number
  /** Its size, and where it is kept. */
  readonly says: string
  /** Nothing where there is nothing to look at. */
  readonly address?: string
  /** The button that brings it back. */
  readonly restore?: ReactNode
}

const VersionItem = ({ name, version }: { readonly name: string; readonly version: ShownVersion }) => {
  const { address, at, restore, says } = version
  const [isOpen, setOpen] = useState(false)
  return (
    <li>
      <span>
        <strong>{exactly(at)}</strong> <span className={styles.muted}>{says}</span>
      </span>
      {address === undefined ? null : (
        <span className={styles.tools}>
          <Button isDense icon="eye" isOpen={isOpen} onPress={() => setOpen(!isOpen)}>
            Preview
          </Button>
          <DownloadButton isDense address={address} name={name}>
            Download
          </DownloadButton>
          {restore}
        </span>
      )}
      {isOpen && address !== undefined ? <Preview address={address} name={name} /> : null}
    </li>
  )
}

interface VersionsProps {
  readonly file: string
  readonly onClose: () => void
}

interface ListProps {
  readonly name: string
  readonly versions: ReadonlyArray<ShownVersion>
  readonly problems: ReadonlyArray<string>
  /** Until all have answered. */
  readonly asking: string | undefined
  readonly none: string
}

const VersionList = ({ asking, name, none, problems, versions }: ListProps) => (
  <>
    {problems.map((problem) => (
      <Notice key={problem} tone="failed" title="Not all could be asked">
        {problem}
      </Notice>
    ))}
    <ul className={styles.list} aria-label="Versions">
      {versions.map((version) => (
        <VersionItem key={version.key} name={name} version={version} />
      ))}
    </ul>
    {asking === undefined ? null : <p role="status">{asking}</p>}
    {asking === undefined && problems.length === 0 && versions.length === 0 ? <p>{none}</p> : null}
  </>
)

/** A row of the query `versions`. */
interface VersionRow {
  readonly path: string
  readonly versionId: string
  readonly kind: "Stored" | "Hidden"
  readonly size: number
  readonly storedAt: number
}

const StoredVersions = ({ file, onClose }: VersionsProps) => {
  const { data, error } = useQuery(rows<VersionRow>("versions", { path: file }))
  const run = useShortTask()
  const mayNot = useMay("run")
  const name = nameIn(file)
  // The query takes in what lies below the name as well.
  const found = (data?.rows ?? []).filter(({ path }) => nameIn(path) === name)
  const versions = found.map(({ kind, size, storedAt, versionId }, index): ShownVersion => {
    if (kind === "Hidden") return { key: versionId, at: storedAt, says: "deleted here" }
    const restore = () => {
      onClose()
      void run({
        kind: "undelete",
        request: { path: file, versionId },
        done: `${name} is again as of ${exactly(storedAt)}`
      })
    }
    return {
      key: versionId,
      at: storedAt,
      says: `${Amount.bytes(size)}${index === 0 ? ", the newest" : ""}`,
      address: addressOf("/files", { path: file, versionId }),
      restore: (
        <Button
          isDense
          icon="restore"
          not={mayNot ?? (index === 0 ? "It is the newest already" : undefined)}
          onPress={restore}
        >
          Restore this one
        </Button>
      )
    }
  })
  return (
    <VersionList
      name={name}
      versions={versions}
      problems={error === null ? [] : [messageOf(error)]}
      asking={data === undefined && error === null ? "Asking the storage…" : undefined}
      none="The storage has no version of it."
    />
  )
}

interface Held {
  readonly repository: string
  readonly snapshots: readonly [SnapshotRow, ...ReadonlyArray<SnapshotRow>]
  readonly at: number
  readonly size: number
}

/** Many snapshots hold the same content: it is one version, as of the newest of them. */
const heldIn = (repository: string, found: ReadonlyArray<FindRow>): ReadonlyArray<Held> => {
  const files = matchesOf(found).filter(({ node }) => node.type === "file")
  const newestFirst = files.toSorted((left, right) => Date.parse(right.snapshot.time) - Date.parse(left.snapshot.time))
  const alike = Map.groupBy(newestFirst, ({ node }) => `${node.mtime} ${node.size}`)
  return [...alike.values()].flatMap(([first, ...rest]) =>
    first === undefined
      ? []
      : [
          {
            repository,
            snapshots: [first.snapshot, ...rest.map(({ snapshot }) => snapshot)] as const,
            at: Date.parse(first.node.mtime),
            size: first.node.size
          }
        ]
  )
}

const SnapshotVersions = ({ file }: VersionsProps) => {
  const { data: kept } = useQuery(repositories)
  const opened = (kept ?? []).filter(({ hasPassword }) => hasPassword)
  const asked = useQueries({
    queries: opened.map(({ name }) => rows<FindRow>("find", { repository: name, patterns: [literal(file)] }))
  })
  const name = nameIn(file)
  const held = asked
    .flatMap(({ data }, index) => heldIn(opened[index]?.name ?? "", data?.rows ?? []))
    .toSorted((left, right) => right.at - left.at)
  const versions = held.map(({ at, repository, size, snapshots: [newest, ...rest] }): ShownVersion => {
    const more = rest.length === 0 ? "" : ` and ${Amount.counted(rest.length, "other")}`
    return {
      key: `${repository} ${newest.id}`,
      at,
      says: `${Amount.bytes(size)}, in ${visible(repository)}, snapshot of ${exactly(Date.parse(newest.time))}${more}`,
      address: addressOf("/snapshots/files", { repository, snapshot: newest.id, file }),
      restore: (
        <LinkButton
          isDense
          icon="restore"
          to="/backup/$repository/$snapshot/restore"
          params={{ repository, snapshot: newest.id }}
          search={{ select: [file] }}
        >
          Restore this one
        </LinkButton>
      )
    }
  })
  const waits = opened.filter((_, index) => asked[index]?.isPending).map((one) => visible(one.name))
  const problems = asked.flatMap(({ error }, index) =>
    error === null ? [] : [`${visible(opened[index]?.name ?? "")}: ${messageOf(error)}`]
  )
  return (
    <VersionList
      name={name}
      versions={versions}
      problems={problems}
      asking={kept === undefined || waits.length > 0 ? `Looking through snapshots of ${waits.join(", ")}…` : undefined}
      none={opened.length === 0 ? "There is no repository whose snapshots could hold it." : "No snapshot holds it."}
    />
  )
}

export const VersionsDialog = (props: VersionsProps) => (
  <Dialog title={`Versions of ${visible(nameIn(props.file))}`} width="wide" onClose={props.onClose}>
    {partsOf(props.file).storage === undefined ? <SnapshotVersions {...props} /> : <StoredVersions {...props} />}
  </Dialog>
)
