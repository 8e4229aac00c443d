/** How far a transfer is, for its gauge. Changed in place: there may be millions of files. */
import type { InFlight, Phase, Progress } from "../events/RunEvent.ts"
import type { Tell } from "../events/Tell.ts"
import type { Totals } from "./Plan.ts"

/** Most items that a gauge names. */
const named = 16

/** A file on its way. */
export interface Flight {
  readonly item: string
  readonly size: number
  isHashing: boolean
  done: number
}

export interface TransferProgress {
  readonly begin: (item: string, size: number) => Flight
  /** Bytes more that were hashed, before any is sent. */
  readonly hashed: (flight: Flight, bytes: number) => void
  /** Bytes more that were read to be stored; a negative number takes back those of an attempt that begins anew. */
  readonly advance: (flight: Flight, bytes: number) => void
  readonly end: (flight: Flight, hasArrived: boolean) => void
  /** From now on, whatever is on its way. */
  readonly enter: (phase: Phase) => void
  /** Says again how far it is: planning goes on though no file begins or ends. */
  readonly restate: () => void
}

/** Items, and their bytes, that had ended before. */
export interface Before {
  readonly files: number
  readonly bytes: number
}

export interface ProgressOptions {
  readonly before?: Before | undefined
  /** Hears of bytes more that were read to be stored. */
  readonly onAdvance?: ((bytes: number) => void) | undefined
}

const shown = ({ done, isHashing, item, size }: Flight): InFlight =>
  isHashing ? { item, done, size, phase: "hashing" } : { item, done, size }

export const make = (tell: Tell, totals: Totals, { before, onAdvance }: ProgressOptions = {}): TransferProgress => {
  const flights = new Set<Flight>()
  let hashing = 0
  let files = before?.files ?? 0
  let bytes = before?.bytes ?? 0
  let entered: Phase | undefined

  const phase = (): Phase => {
    if (entered !== undefined) return entered
    if (flights.size > 0) return hashing === flights.size ? "hashing" : "transferring"
    return totals.sourceFiles + totals.destinationFiles === 0 ? "listing" : "comparing"
  }
  const read = (): Progress => {
    const current: Array<InFlight> = []
    for (const flight of flights) {
      if (current.length === named) break
      current.push(shown(flight))
    }
    const more = flights.size - current.length
    return { _tag: "Progress", phase: phase(), files, bytes, current, ...(more > 0 ? { more } : {}) }
  }
  const changed = () => tell.gauge(read)
  const stopHashing = (flight: Flight): void => {
    if (!flight.isHashing) return
    flight.isHashing = false
    flight.done = 0
    hashing--
  }
  changed()

  return {
    restate: changed,
    begin: (item, size) => {
      const flight: Flight = { item, size, isHashing: false, done: 0 }
      flights.add(flight)
      changed()
      return flight
    },
    hashed: (flight, more) => {
      if (!flight.isHashing) hashing++
      flight.isHashing = true
      flight.done += more
      changed()
    },
    advance: (flight, more) => {
      stopHashing(flight)
      flight.done += more
      bytes += more
      onAdvance?.(more)
      changed()
    },
    end: (flight, hasArrived) => {
      stopHashing(flight)
      flights.delete(flight)
      files++
      bytes += (hasArrived ? flight.size : 0) - flight.done
      changed()
    },
    enter: (phase) => {
      entered = phase
      changed()
    }
  }
}
