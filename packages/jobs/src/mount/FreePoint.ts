/** Whether a folder of this machine is free to be mounted on, as far as a short look tells. */
import * as fs from "node:fs"
import * as path from "node:path"
import { isWithin } from "@ourclone/core/contract/RemotePath"
import * as MountPoint from "@ourclone/mount/fuse/system/MountPoint"
import * as Effect from "effect/Effect"
import { InvalidJob } from "../kind/JobError.ts"
import { telling } from "../kind/RemedyWords.ts"

const isReadOnly = (point: string): boolean => {
  try {
    fs.accessSync(point, fs.constants.W_OK)
    return false
  } catch {
    return true
  }
}

const words = telling({})

export interface Wanted {
  readonly point: string
  readonly allowNonEmpty?: boolean
}

/** Why it is not. `place` is what is to be mounted, where that is known. */
export const refused = Effect.fnUntraced(function* ({ allowNonEmpty = false, point }: Wanted, place?: string) {
  const refusal = (because: string) =>
    new InvalidJob({ message: `${point} can not be mounted on: ${because}`, field: "point" })
  if (place !== undefined && path.isAbsolute(place) && (isWithin(place, point) || isWithin(point, place))) {
    return refusal(`it and ${place} lie in each other, so the mount would show itself`)
  }
  const fitness = yield* MountPoint.judge(yield* MountPoint.resolve(point), { allowsNonEmpty: allowNonEmpty })
  switch (fitness._tag) {
    // Taken away when the next one begins.
    case "Dead":
      return undefined
    case "Unfit":
      return refusal(words({ message: fitness.because, remedy: fitness.remedy }))
    case "Free":
      return isReadOnly(point) ? refusal("this user may not write to it") : undefined
  }
})
