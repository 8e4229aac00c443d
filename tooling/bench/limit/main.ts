/** `node limit/main.ts STEPS`: does the steps, given as JSON, and nothing else. What is not asked for is not loaded. */
import type { Step } from "./Step.ts"

const take = async (step: Step): Promise<void> => {
  switch (step.do) {
    case "sha1":
      return (await import("./Sha1.ts")).sha1(step.folder, step.target)
    case "walk":
      return void (await import("./Files.ts")).walk(step.folder)
    case "list":
      return void (await (await import("./Listing.ts")).list(step.bucket))
    case "key":
      return (await import("./Key.ts")).key(step.repository, step.password)
    case "seal":
      return (await import("./Archive.ts")).seal(step.folder, step.archive)
    case "open":
      return (await import("./Archive.ts")).open(step.archive, step.target)
  }
}

const steps: ReadonlyArray<Step> = JSON.parse(process.argv[2] ?? "[]")
for (const step of steps) await take(step)
