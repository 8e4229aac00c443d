/** The emulator's time: the machine's, plus whatever a test has advanced it by. */
export class Clock {
  #offset: number

  constructor(offset = 0) {
    this.#offset = offset
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#offset
  }

  /** How far ahead of the machine's clock this one is, in milliseconds. */
  get offset(): number {
    return this.#offset
  }

  advance(milliseconds: number): void {
    this.#offset += milliseconds
  }
}

export const millisecondsPerDay = 86_400_000
