/**
 * Symbolic links as rclone's `--links` stores them: the link `name` is a file
 * `name.rclonelink` whose content is the target.
 */

import { makeUnsafe, type RemotePath } from "@ourclone/core/contract/RemotePath"
import { AlreadyExists, InvalidRequest } from "@ourclone/core/contract/StorageError"
import * as fs from "../disk/DiskFs.ts"
import * as SettingTimes from "../disk/SettingTimes.ts"
import { codeOf } from "./LocalErrors.ts"
import * as LocalMetadata from "./LocalMetadata.ts"
import type { Refusals } from "./Refusals.ts"

export const suffix = ".rclonelink"

export const isLinkPath = (path: string): boolean =>
  path.endsWith(suffix) && !path.endsWith(`/${suffix}`) && path !== suffix

/** The path of the link itself. */
export const withoutSuffix = (path: string): string => path.slice(0, -suffix.length)

/** The path of the link or the file that holds `path`. */
export const storedAs = (path: RemotePath): RemotePath => (isLinkPath(path) ? makeUnsafe(withoutSuffix(path)) : path)

/** The target, byte for byte. */
export const readTarget = (link: string): Buffer<ArrayBuffer> => Buffer.from(fs.readlinkSync(link))

/** Longer targets than any system takes are not worth reading. */
export const maximumTarget = 64 * 1024

/** Makes or replaces the link at `link`; `temporary` lies in the same directory. Without one, throws `AlreadyExists` where anything is. */
export const write = (
  link: string,
  temporary: string | undefined,
  target: Uint8Array,
  attributes: LocalMetadata.Given,
  refusals: Refusals
): void => {
  if (target.length === 0 || target.includes(0)) {
    throw new InvalidRequest({ message: "a symbolic link needs a target, which holds no NUL" })
  }
  if (fs.lstatSync(link, { throwIfNoEntry: false })?.isDirectory()) {
    throw new AlreadyExists({ message: "a folder stands where the symbolic link should go: rename or remove it" })
  }
  const give = (made: string): void => {
    if (attributes.kept !== undefined) LocalMetadata.giveOwnerOfLink(made, attributes.kept, refusals)
    refusals.allow("times", () => SettingTimes.ofLink(made, attributes))
  }
  if (temporary === undefined) {
    try {
      fs.symlinkSync(target, link)
    } catch (error) {
      throw codeOf(error) === "EEXIST" ? new AlreadyExists({ message: "something is there already" }) : error
    }
    give(link)
    return
  }
  fs.symlinkSync(target, temporary)
  try {
    give(temporary)
    fs.renameSync(temporary, link)
  } catch (error) {
    fs.rmSync(temporary, { force: true })
    throw error
  }
}
