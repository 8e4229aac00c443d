/**
 * What every vitest project shares. The time limits end what hangs; they judge no speed.
 *
 * Test files share the processes they run in, and the modules loaded there, which takes two fifths off a run: a file puts
 * back whatever of its process it changes.
 */
import { defineProject } from "vitest/config"

/** With `isolate` each file has a process of its own, which any worker may take next: for few files that take long. */
export const vitestProject = (name: string, { isolate = false } = {}) =>
  defineProject({
    test: {
      name,
      include: ["test/**/*.test.{ts,tsx}"],
      environment: "node",
      isolate,
      testTimeout: 600_000,
      hookTimeout: 600_000
    }
  })
