/** The link by which the first admin comes to be: made anew at each start until there is one, and for a quarter of an hour. */
import { timingSafeEqual } from "node:crypto"
import * as Ticket from "./Ticket.ts"

const validMillis = 15 * 60_000

export interface SetUp {
  /** Nothing once it was used or has run out. */
  readonly ticket: () => string | undefined
  readonly isTicket: (text: string) => boolean
  readonly done: () => void
}

export const make = (isSetUp: boolean, clock: () => number): SetUp => {
  let ticket = isSetUp ? undefined : Ticket.make().slice(0, 22)
  const ends = clock() + validMillis
  const current = () => (clock() < ends ? ticket : undefined)
  return {
    ticket: current,
    isTicket: (text) => {
      const known = current()
      return known !== undefined && timingSafeEqual(Buffer.from(Ticket.hashOf(known)), Buffer.from(Ticket.hashOf(text)))
    },
    done: () => {
      ticket = undefined
    }
  }
}
