/** Times as the protocol has them: unsigned 32-bit numbers of seconds. A file of another time is stored with the nearest, and that is remarked once. */
import type { Remark } from "@ourclone/core/contract/Provider"

const latestSeconds = 2 ** 32 - 1

/** In milliseconds since 1970 UTC. */
export const timesKept = { earliest: 0, latest: latestSeconds * 1000 + 999 }

export interface SftpTimes {
  /** The seconds that are kept of a time in milliseconds since 1970 UTC. */
  readonly secondsOf: (modifiedAt: number) => number
  readonly remarks: () => ReadonlyArray<Remark>
}

export const make = (name: string): SftpTimes => {
  let hasRefused = false
  return {
    secondsOf: (modifiedAt) => {
      const seconds = Math.floor(modifiedAt / 1000)
      const kept = Math.min(Math.max(seconds, 0), latestSeconds)
      hasRefused ||= kept !== seconds
      return kept
    },
    remarks: () => {
      const message = `${name}: SFTP keeps no time before 1970 or after 2106, so files of such a time are stored with the nearest that it keeps`
      return hasRefused ? [{ code: "timesNotKept", message }] : []
    }
  }
}
