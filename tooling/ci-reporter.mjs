// A vitest reporter: names every skipped test with its reason and, last, every failed one with its error, so that the end of a
// long log says what failed. It leaves the counts in the file that OURCLONE_TEST_REPORT names. A test file that does not load and
// an unhandled error count as failed tests.
import * as fs from "node:fs"

/** One failure: its name, and the beginning of each of its errors. */
const failure = (name, errors) => {
  const lines = errors.flatMap(({ message, stack }) => [...`${message}`.split("\n").slice(0, 12), ...callers(stack)])
  return [name, ...lines].join("\n    ")
}

const callers = (stack = "") =>
  stack
    .split("\n")
    .filter((line) => /^ +at /.test(line))
    .slice(0, 5)

const countTests = (testModules) => {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const skips = []
  const failures = []
  for (const testModule of testModules) {
    const hasFailedTest = [...testModule.children.allTests("failed")].length > 0
    if (testModule.state() === "failed" && !hasFailedTest) {
      counts.failed += 1
      failures.push(failure(`  ${testModule.moduleId}`, testModule.errors()))
    }
    for (const test of testModule.children.allTests()) {
      const { state, note, errors } = test.result()
      if (state === "failed") failures.push(failure(`  ${testModule.moduleId}: ${test.fullName}`, errors))
      if (state === "passed" || state === "failed") {
        counts[state] += 1
        continue
      }
      counts.skipped += 1
      skips.push(`  ${testModule.project.name}: ${test.fullName}: ${note ?? "no reason given"}`)
    }
  }
  return { counts, skips, failures }
}

export default class CiReporter {
  onTestRunEnd(testModules, unhandledErrors) {
    const { counts, skips, failures } = countTests(testModules)
    counts.failed += unhandledErrors.length
    failures.push(...unhandledErrors.map((error) => failure("  outside of any test", [error])))
    if (skips.length > 0) process.stdout.write(`Skipped:\n${skips.join("\n")}\n`)
    if (failures.length > 0) process.stdout.write(`Failed:\n${failures.join("\n")}\n`)
    const file = process.env.OURCLONE_TEST_REPORT
    if (file) fs.writeFileSync(file, JSON.stringify(counts))
  }
}
