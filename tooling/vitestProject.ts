/** What every vitest project shares. The time limits end what hangs; they judge no speed. */
import { defineProject } from "vitest/config"

export const vitestProject = (name: string) =>
  defineProject({
    test: {
      name,
      include: ["test/**/*.test.{ts,tsx}"],
      environment: "node",
      testTimeout: 300_000,
      hookTimeout: 300_000
    }
  })
