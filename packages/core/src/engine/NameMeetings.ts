/** Files of a source that the destination would store under one name, where the later would take the place of the earlier. */
import type { RemotePath } from "../contract/RemotePath.ts"

/**
 * To be called with every path that is transferred, in order; gives the earlier one that is stored under the same name.
 *
 * A name is the begin of the paths that are stored under it, so only paths that are the begin of the present one need to
 * be remembered.
 */
export const make = (storedAs: (path: RemotePath) => RemotePath) => {
  const begins: Array<RemotePath> = []
  return (path: RemotePath): RemotePath | undefined => {
    while (begins.length > 0 && !path.startsWith(begins.at(-1)!)) begins.pop()
    const name = storedAs(path)
    const other = begins.find((begin) => begin !== path && storedAs(begin) === name)
    begins.push(path)
    return other
  }
}
