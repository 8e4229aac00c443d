import { describe, expect, it } from "@effect/vitest"
import * as StandardPaths from "../../src/machine/StandardPaths.ts"

const home = "/home/ann"

describe("StandardPaths", () => {
  it("keeps everything under the home folder when nothing else is said", () => {
    expect(StandardPaths.configurationFile({}, home)).toBe("/home/ann/.config/ourclone/config.toml")
    expect(StandardPaths.stateDirectory({}, home)).toBe("/home/ann/.local/state/ourclone")
    expect(StandardPaths.cacheDirectory({}, home)).toBe("/home/ann/.cache/ourclone")
  })

  it("follows the XDG variables, unless they are empty or relative", () => {
    expect(StandardPaths.configurationFile({ XDG_CONFIG_HOME: "/c" }, home)).toBe("/c/ourclone/config.toml")
    expect(StandardPaths.stateDirectory({ XDG_STATE_HOME: "/s" }, home)).toBe("/s/ourclone")
    expect(StandardPaths.cacheDirectory({ XDG_CACHE_HOME: "/k" }, home)).toBe("/k/ourclone")
    expect(StandardPaths.stateDirectory({ XDG_STATE_HOME: "" }, home)).toBe("/home/ann/.local/state/ourclone")
    expect(StandardPaths.cacheDirectory({ XDG_CACHE_HOME: "k" }, home)).toBe("/home/ann/.cache/ourclone")
  })

  it("takes OURCLONE_CONFIG before anything else", () => {
    const environment = { OURCLONE_CONFIG: "mine.toml", XDG_CONFIG_HOME: "/c" }
    expect(StandardPaths.configurationFile(environment, home)).toBe("mine.toml")
    expect(StandardPaths.configurationFile({ OURCLONE_CONFIG: "" }, home)).toBe(
      "/home/ann/.config/ourclone/config.toml"
    )
  })
})
