/** Requests over undici, on every way; loaded when there is one, as it takes a command 25 ms. */
import type { Dispatcher } from "undici"
import { type Borrower, Connections } from "./Connections.ts"
import * as Connectors from "./Connectors.ts"
import { type HttpRequest, usualPatience } from "./HttpMessage.ts"
import type { Route, Way } from "./Route.ts"

export interface Dispatching {
  readonly dispatch: (request: HttpRequest, route: Route, handler: Borrower) => void
  readonly close: () => Promise<void>
}

export const make = (way: Way): Dispatching => {
  const { patience = usualPatience, proxy } = way
  const connect = Connectors.straight(way)
  const ways: Readonly<Record<Route["by"], Connections | undefined>> = {
    straight: new Connections(connect, patience),
    tunnel: proxy && new Connections(Connectors.through(proxy, way), patience),
    proxy:
      proxy &&
      new Connections(
        (_, onDone) =>
          connect({ protocol: proxy.protocol, hostname: proxy.host, host: proxy.host, port: `${proxy.port}` }, onDone),
        patience
      )
  }
  return {
    dispatch: (request, { by, headers, prefix }, handler) =>
      ways[by]?.dispatch(
        request.origin,
        {
          path: prefix + request.path,
          method: request.method as Dispatcher.HttpMethod,
          headers: (headers.length === 0 ? request.headers : [...request.headers, ...headers]) as Array<string>,
          body: (request.body ?? null) as Exclude<Dispatcher.DispatchOptions["body"], undefined>,
          headersTimeout: request.timeout === undefined ? null : Math.max(request.timeout, patience.idle),
          // Otherwise undici closes the connection after every HEAD.
          reset: false
        },
        handler
      ),
    close: async () => {
      await Promise.all([ways.straight?.destroy(), ways.tunnel?.destroy(), ways.proxy?.destroy()])
    }
  }
}
