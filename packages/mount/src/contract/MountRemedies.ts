import { makerOf, type NoValues } from "@ourclone/core/contract/Remedy"

/** What this package says could be done, by code. */
export type MountRemedies = {
  /** Install the system's package of that name. */
  readonly installPackage: { readonly package: string }
  /** Let ordinary users offer their mounts to others, in `/etc/fuse.conf`. */
  readonly allowOtherUsers: NoValues
  /** Choose another mount point, or make this one a directory. */
  readonly chooseMountPoint: NoValues
  /** Choose an empty directory, or allow that what is in this one is hidden. */
  readonly chooseEmptyPoint: NoValues
  /** Try again once the disk answers, or choose another directory. */
  readonly waitForDisk: NoValues
  /** Unmount what is there first. */
  readonly unmountFirst: { readonly point: string }
  /** Close what uses the mount, then try again. */
  readonly closeUsers: NoValues
  /** Serve over TLS, or say that something in front does. */
  readonly encryptServer: NoValues
  /** Ask whoever comes for a password. */
  readonly askForPassword: NoValues
  /** Unmount, and mount again with a cache of `size` or more, as its flag takes it. Nothing is lost meanwhile. */
  readonly enlargeCache: { readonly size: string }
  /** Cancel the unfinished uploads of `place`, with a key that may. */
  readonly cancelUnfinished: { readonly place: string }
  /** Use WebDAV where the system has no FUSE. */
  readonly serveWebdav: NoValues
}

export const remedy = makerOf<MountRemedies>()
