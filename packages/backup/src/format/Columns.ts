/** Arrays of numbers that grow as they are written to. */

const firstLength = 1024

const lengthFor = (at: number, length: number): number => Math.max(at + 1, firstLength, Math.ceil(length * 1.5))

/** Numbers of 8 bits. */
export class Bytes {
  private values = new Uint8Array(0)

  get(at: number): number {
    return this.values[at]!
  }

  set(at: number, value: number): void {
    if (at >= this.values.length) {
      const larger = new Uint8Array(lengthFor(at, this.values.length))
      larger.set(this.values)
      this.values = larger
    }
    this.values[at] = value
  }
}

/** Numbers of 32 bits, not negative. */
export class Integers {
  private values = new Uint32Array(0)

  get(at: number): number {
    return this.values[at]!
  }

  set(at: number, value: number): void {
    if (at >= this.values.length) {
      const larger = new Uint32Array(lengthFor(at, this.values.length))
      larger.set(this.values)
      this.values = larger
    }
    this.values[at] = value
  }
}

/** Numbers of up to 2^53. */
export class Numbers {
  private values = new Float64Array(0)

  get(at: number): number {
    return this.values[at]!
  }

  set(at: number, value: number): void {
    if (at >= this.values.length) {
      const larger = new Float64Array(lengthFor(at, this.values.length))
      larger.set(this.values)
      this.values = larger
    }
    this.values[at] = value
  }
}
