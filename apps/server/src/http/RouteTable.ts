/** Which methods a path takes, by the API's own endpoints: for answers to what is no route. */
import * as HttpApi from "effect/http-api/HttpApi"
import { Api } from "../api/Api.ts"

interface Row {
  readonly pattern: RegExp
  readonly methods: Array<string>
}

const rows = new Map<string, Row>()

HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint: { method, path } }) => {
    const pattern = new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}$`)
    const row = rows.get(path) ?? { pattern, methods: [] }
    row.methods.push(method)
    rows.set(path, row)
  }
})

/** A path that could be two routes is the one without a parameter there. */
const ordered = [...rows]
  .sort(([left], [right]) => left.split(":").length - right.split(":").length)
  .map(([, row]) => row)

/** None where there is no such route. */
export const methodsAt = (pathname: string): ReadonlyArray<string> =>
  ordered.find(({ pattern }) => pattern.test(pathname))?.methods ?? []
