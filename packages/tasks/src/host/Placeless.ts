/** Tasks that take none of the places of those that run at once, and wait for none: others wait for what they answer. */
import type { JobType } from "@ourclone/jobs/JobKinds"

/** What goes on until it is told to end, and what tells a mount something. */
const kinds: ReadonlySet<string> = new Set<JobType>([
  ...(["mount", "mountSnapshots", "serveWebdav", "serveHttp", "serveRestic"] as const),
  ...(["unmount", "flushMount"] as const)
])

export const isPlaceless = ({ kind }: { readonly kind: string }): boolean => kinds.has(kind)

export const placelessKinds: ReadonlyArray<string> = [...kinds]
