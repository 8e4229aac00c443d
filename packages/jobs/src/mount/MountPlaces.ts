/** Where things of mounts are on this machine. */
import { createHash } from "node:crypto"
import * as path from "node:path"
import type { Provider } from "@ourclone/core/contract/Provider"
import { isWithin } from "@ourclone/core/contract/RemotePath"
import { InvalidJob } from "../kind/JobError.ts"
import type { Machine } from "../kind/Surroundings.ts"
import type { Mounted } from "./MountFields.ts"

/** The records of mounts, and their sockets. */
export const recordsOf = ({ stateDirectory }: Machine): string => path.join(stateDirectory, "mounts")

/**
 * Tree, cache and queue of one place. Among state rather than caches: what was not sent yet is nowhere else, and a cache
 * may be emptied by anybody.
 */
export const directoryOf = (machine: Machine, request: Mounted, provider: Provider): string => {
  if (request.cacheDirectory !== undefined) return request.cacheDirectory
  const place = `${provider.place.account}\n${provider.location}`
  const name = createHash("sha256").update(place).digest("hex").slice(0, 16)
  return path.join(machine.stateDirectory, "mount", name)
}

/** A process that looks into its own mount waits for itself for ever. */
export const overlap = (point: string, directory: string, provider: Provider): InvalidJob | undefined => {
  const meet = (one: string, other: string) => isWithin(one, other) || isWithin(other, one)
  if (isWithin(directory, point)) {
    return new InvalidJob({
      message: `what is kept of it (${directory}) would lie in the mount itself`,
      field: "cacheDirectory"
    })
  }
  return provider.capabilities.isLocal && path.isAbsolute(provider.location) && meet(point, provider.location)
    ? new InvalidJob({
        message: `${point} and ${provider.location} overlap: the mount would show itself`,
        field: "point"
      })
    : undefined
}
