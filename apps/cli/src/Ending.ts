/** How the process ends once everything is said: by `process.exit`, unless a command knows better. */

type End = (code: number) => void

let end: End = (code) => process.exit(code)

export const endBy = (other: End): void => {
  end = other
}

export const exit = (code: number): void => end(code)
