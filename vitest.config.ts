import { defineConfig } from "vitest/config"

export default defineConfig({
  test: { projects: ["packages/*", "apps/*", "tooling", "tooling/b2-emulator"] }
})
