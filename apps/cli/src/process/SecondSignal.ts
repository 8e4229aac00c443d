/**
 * A second signal ends this process though its main thread has not heard of the first.
 *
 * Node tells of a signal between two steps of the main thread. While that waits in
 * the system, for a FIFO nobody writes to or a file system that does not answer, it
 * would hear of any number of them no more. So Node's handler is set to be used
 * once: when the main thread has heard of a signal it sets it anew, and when it has
 * not, the system does with the next one what it does with a program that has no
 * handler. And the handler runs in another thread, since a main thread that waits
 * for a file system does not even run that.
 */
import * as SystemLibrary from "@ourclone/system/SystemLibrary"

interface Layout {
  /** Bytes of C's `struct sigaction`, and where its flags are. */
  readonly size: number
  readonly flags: number
  /** `SA_RESETHAND`, and how `pthread_sigmask` is asked to add to a mask. */
  readonly once: number
  readonly block: number
}

const layouts: { readonly [platform: string]: Layout } = {
  linux: { size: 152, flags: 136, once: 0x80000000, block: 0 },
  darwin: { size: 16, flags: 12, once: 4, block: 1 }
}

const maskSize = 128

/**
 * For a signal that Node has a handler for, by its number. Gives what is to be
 * called when the main thread has heard of it; nothing where the system has no
 * such functions.
 */
export const endsProcess = (signal: number): (() => void) => {
  const layout = layouts[process.platform]
  const library = SystemLibrary.load()
  const sigaction = library?.find("int sigaction(int signal, const void *next, void *previous)")
  const sigmask = library?.find("int pthread_sigmask(int how, const void *set, void *previous)")
  if (layout === undefined || sigaction === undefined || sigmask === undefined) return () => {}
  const action = Buffer.alloc(layout.size)
  if (sigaction(signal, null, action) !== 0) return () => {}
  action.writeUInt32LE((action.readUInt32LE(layout.flags) | layout.once) >>> 0, layout.flags)
  const arm = (): void => void sigaction(signal, action, null)
  arm()
  const mask = Buffer.alloc(maskSize)
  mask.writeUInt32LE(2 ** (signal - 1), 0)
  sigmask(layout.block, mask, null)
  return arm
}
