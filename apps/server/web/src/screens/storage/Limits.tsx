/** What the storage takes, as it says itself, and what is known of it besides. */
import * as Amount from "@ourclone/core/events/Amount"
import type { Row as Room } from "@ourclone/jobs/storage/Room"
import { useQuery } from "@tanstack/react-query"
import { messageOf } from "../../api/call.ts"
import { rows } from "../../api/queries.ts"
import { Notice } from "../../ui/Notice.tsx"
import { Card, Facts, Section } from "../../ui/Page.tsx"

type Named = readonly [name: string, value: string]

const limitsOf = ({ freeSpace, keepsVersions, largestFile, largestRequest, parts }: Room): ReadonlyArray<Named> => [
  ["Free space", freeSpace === undefined ? "the storage does not say" : Amount.bytes(freeSpace)],
  ["Largest file", largestFile === undefined ? "no limit is known" : Amount.bytes(largestFile)],
  ["Largest single request", largestRequest === undefined ? "no limit is known" : Amount.bytes(largestRequest)],
  [
    "Parts of a large file",
    parts === undefined
      ? "stored in one piece"
      : `${Amount.bytes(parts.smallest)} to ${Amount.bytes(parts.largest)}, at most ${Amount.count(parts.most)}`
  ],
  ["Old versions", keepsVersions ? "kept until a rule ends them" : "not kept"]
]

export const Limits = ({ more, name }: { readonly name: string; readonly more: ReadonlyArray<Named> }) => {
  const { data, error } = useQuery(rows<Room>("room", { path: `${name}:` }))
  const room = data?.rows[0]
  const shown = [...(room === undefined ? [] : limitsOf(room)), ...more]
  return (
    <Section title="Limits of the service">
      {error === null ? null : (
        <Notice tone="waiting" title="The storage could not be asked">
          {messageOf(error)}
        </Notice>
      )}
      {room === undefined && error === null ? <p role="status">Asking the storage…</p> : null}
      {shown.length === 0 ? null : (
        <Card>
          <Facts facts={shown} />
          {room?.parts === undefined ? null : (
            <p>OurClone cuts large files into parts and keeps within these limits.</p>
          )}
        </Card>
      )}
    </Section>
  )
}
