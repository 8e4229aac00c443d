/** undici's dispatcher alone: the package's main file loads `fetch`, WebSocket and caches too, 90 ms at every start. */
declare module "undici/lib/dispatcher/agent.js" {
  import Agent from "undici/types/agent"
  export default Agent
}
