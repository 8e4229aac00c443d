/**
 * Changes of the provider in memory that break no promise of the contract, so that no check can notice: the line that is changed,
 * and what becomes of it where other changes of that line do break one.
 */
export const harmless: ReadonlyArray<{ readonly line: RegExp; readonly because: string }> = [
  { line: /const pieceSize = /, because: "the contract names no size of pieces" },
  { line: /(?:cutoff|minPartSize|maxParts|recommendedPartSize|maxPartSize): /, because: "other limits that agree" },
  { line: /modifiedAtPrecision: \(1 \+ 1\)/, because: "a coarser promise, which is kept" },
  {
    line: /const known = \{ size, modifiedAt, partSize, /,
    because: "a SHA-1 need not be kept with an unfinished file"
  },
  { line: /large\.parts\.clear\(\) → ;/, because: "memory that is given up later" },
  { line: /isInside = .*path\.length >= skipped/, because: "no path is as long as its folder and the slash" },
  { line: /slash <= 0|slash < \(0 \+ 1\)/, because: "no path begins with a slash" },
  { line: /if \(wasThere \|\| keepsVersions\)/, because: "S3 makes a marker of what never was, too" },
  {
    line: /→ .*\$\{index (?:- 1|\+ \(1 \+ 1\))\} is missing|→ .*offset - length\} lie outside/,
    because: "a number in a message"
  },
  {
    line: /→ .*\(newest\?\.storedAt \?\? 0\) (?:- 1|\+ \(1 \+ 1\))/,
    because: "versions of one millisecond may have one time, and a later one may be later still"
  },
  { line: /start <= bytes\.length/, because: "an empty piece more" },
  { line: /listsTimes = false|!\(listsTimes\)/, because: "a listing may leave times out" },
  { line: /listsVersionIds = false/, because: "a listing may leave versions out" },
  { line: /listsVersionIds \|\| versionId/, because: "no version, said in another way" },
  { line: /memory-\$\{--accounts\}/, because: "any name of an account is as good" },
  { line: /→ .*started\("", file\)/, because: "the name of an operation in a message" }
]
