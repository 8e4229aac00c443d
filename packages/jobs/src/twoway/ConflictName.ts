/** What the older of two versions is called from now on. */
import { basename, makeUnsafe, type RemotePath } from "@ourclone/core/contract/RemotePath"

/** `notes (conflict 2026-11-29 22.10.05).txt`: the time is that of the version, in UTC. `number` from 2 on tells more of one second apart. */
export const conflictName = (path: RemotePath, modifiedAt: number, number = 1): RemotePath => {
  const name = basename(path)
  const dot = name.lastIndexOf(".")
  const [stem, extension] = dot <= 0 ? [name, ""] : [name.slice(0, dot), name.slice(dot)]
  const time = new Date(modifiedAt).toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".")
  const count = number === 1 ? "" : ` ${number}`
  return makeUnsafe(`${path.slice(0, path.length - name.length)}${stem} (conflict ${time}${count})${extension}`)
}
