/** How the system's table of mounts names what this package mounted. */
export const fuseType = "fuse.ourclone"
