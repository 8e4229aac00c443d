/** Who calls: by the socket, a token or a session. */

import type { Opened, People } from "../access/People.ts"
import type { Caller } from "../api/Callers.ts"
import { scopesOf } from "../api/Callers.ts"
import type { ConnectionShape } from "./Connection.ts"

/** Whoever may open the socket is the user the service runs as, and may all that this one may. */
const owner: Caller = {
  name: "the owner of the socket",
  role: "admin",
  scopes: scopesOf.admin,
  token: null,
  session: null,
  endsAt: null
}

const callerOf = ({ ends, id, person, scopes }: Opened, isToken: boolean): Caller => ({
  name: person.name,
  role: person.role,
  scopes,
  token: isToken ? id : null,
  session: isToken ? null : id,
  endsAt: ends
})

export const byToken = (people: People, secret: string): Caller | undefined => {
  const opened = people.byToken(secret)
  return opened === undefined ? undefined : callerOf(opened, true)
}

export const bySession = (people: People, ticket: string): Caller | undefined => {
  if (ticket === "") return undefined
  const opened = people.bySession(ticket)
  return opened === undefined ? undefined : callerOf(opened, false)
}

export const bySocket = ({ isUnix }: ConnectionShape): Caller | undefined => (isUnix ? owner : undefined)
