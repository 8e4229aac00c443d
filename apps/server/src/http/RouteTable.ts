/** What a path is, by the API's own endpoints: for answers before one of them is asked. */
import * as HttpApi from "effect/http-api/HttpApi"
import { Api } from "../api/Api.ts"
import { Authorization } from "../api/Callers.ts"

interface Row {
  readonly pattern: RegExp
  /** With the name of the route: `tasks.start`. */
  readonly methods: Map<string, string>
  /** By one of its methods strangers come in. */
  isPublic: boolean
}

const rows = new Map<string, Row>()

HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint: { identifier, method, path }, group, middleware }) => {
    const pattern = new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}$`)
    const row: Row = rows.get(path) ?? { pattern, methods: new Map(), isPublic: false }
    row.isPublic ||= !([...middleware] as ReadonlyArray<unknown>).includes(Authorization)
    row.methods.set(method, `${group.identifier}.${identifier}`)
    rows.set(path, row)
  }
})

/** A path that could be two routes is the one without a parameter there. */
const ordered = [...rows]
  .sort(([left], [right]) => left.split(":").length - right.split(":").length)
  .map(([, row]) => row)

/** Nothing where there is no such route. */
export const rowAt = (pathname: string): Row | undefined => ordered.find(({ pattern }) => pattern.test(pathname))
