/** What every vitest project shares. Slow machines and real child processes set the time limits. */
import { defineProject } from "vitest/config"

export const vitestProject = (name: string) =>
  defineProject({
    test: { name, include: ["test/**/*.test.ts"], environment: "node", testTimeout: 60_000, hookTimeout: 60_000 }
  })
