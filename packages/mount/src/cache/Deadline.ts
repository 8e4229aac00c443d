/** How long somebody waits. */
export class Deadline {
  private readonly controller = new AbortController()
  private readonly ending = Promise.withResolvers<void>()
  private readonly timer: NodeJS.Timeout
  /** Aborts what is done until then. */
  readonly signal = this.controller.signal
  readonly over = this.ending.promise

  constructor(millis: number) {
    this.timer = setTimeout(() => {
      this.controller.abort()
      this.ending.resolve()
    }, millis)
  }

  get isOver(): boolean {
    return this.signal.aborted
  }

  /** So many milliseconds, or until it is over. */
  async pause(millis: number): Promise<void> {
    const pause = Promise.withResolvers<void>()
    const timer = setTimeout(pause.resolve, millis)
    await Promise.race([pause.promise, this.over])
    clearTimeout(timer)
  }

  /** Nobody waits any more. */
  end(): void {
    clearTimeout(this.timer)
  }
}
