// A vitest reporter: names every skipped test with its reason, and leaves the counts in the file that
// OURCLONE_TEST_REPORT names. A test file that does not load and an unhandled error count as failed tests.
import * as fs from "node:fs"

const countTests = (testModules) => {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const skips = []
  for (const testModule of testModules) {
    const hasFailedTest = [...testModule.children.allTests("failed")].length > 0
    if (testModule.state() === "failed" && !hasFailedTest) counts.failed += 1
    for (const test of testModule.children.allTests()) {
      const { state, note } = test.result()
      if (state === "passed" || state === "failed") counts[state] += 1
      else {
        counts.skipped += 1
        skips.push(`  ${testModule.project.name}: ${test.fullName}: ${note ?? "no reason given"}`)
      }
    }
  }
  return { counts, skips }
}

export default class CiReporter {
  onTestRunEnd(testModules, unhandledErrors) {
    const { counts, skips } = countTests(testModules)
    counts.failed += unhandledErrors.length
    if (skips.length > 0) process.stdout.write(`Skipped:\n${skips.join("\n")}\n`)
    const file = process.env.OURCLONE_TEST_REPORT
    if (file) fs.writeFileSync(file, JSON.stringify(counts))
  }
}
