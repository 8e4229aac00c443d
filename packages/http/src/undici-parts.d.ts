/** undici's connection alone: the package's main file loads `fetch`, WebSocket and caches too, 90 ms at every start. */
declare module "undici/lib/dispatcher/client.js" {
  import Client from "undici/types/client"
  export default Client
}
declare module "undici/lib/core/connect.js" {
  import buildConnector from "undici/types/connector"
  export default buildConnector
}
