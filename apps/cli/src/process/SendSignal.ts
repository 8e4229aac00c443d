/** Sends a signal to another process, or to its group where the id is negative. Throws where there is none. */
export const sendSignal = (pid: number, signal: NodeJS.Signals): void => {
  process.kill(pid, signal)
}
