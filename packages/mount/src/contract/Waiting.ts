/** How long a program waits for what only the storage has, in milliseconds. */

/** Where nothing else is said. */
export const usualDeadline = 60_000

/**
 * What did not come before the deadline is refused at once to whoever asks for it again so soon. The kernel does, for a page
 * of what it read ahead in vain, and its program would wait for the deadline twice.
 */
export const moment = 2_000
