/** A set of byte offsets, kept as ranges `[start, end)` that neither touch nor overlap. */
export type Range = readonly [start: number, end: number]

export class Ranges {
  private readonly edges: Array<number>
  /** How many offsets there are. */
  total = 0

  constructor(ranges: ReadonlyArray<Range> = []) {
    this.edges = []
    for (const [start, end] of ranges) this.add(start, end)
  }

  get isEmpty(): boolean {
    return this.edges.length === 0
  }

  /** The first range that ends at `offset` or later, as an index. */
  private lower(offset: number): number {
    let low = 0
    let high = this.edges.length / 2
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.edges[2 * middle + 1]! < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  add(start: number, end: number): void {
    if (end <= start) return
    const first = this.lower(start)
    let last = first
    let [from, to] = [start, end]
    while (last < this.edges.length / 2 && this.edges[2 * last]! <= end) {
      from = Math.min(from, this.edges[2 * last]!)
      to = Math.max(to, this.edges[2 * last + 1]!)
      this.total -= this.edges[2 * last + 1]! - this.edges[2 * last]!
      last++
    }
    this.edges.splice(2 * first, 2 * (last - first), from, to)
    this.total += to - from
  }

  remove(start: number, end: number): void {
    if (end <= start) return
    const first = this.lower(start)
    let last = first
    const kept: Array<number> = []
    while (last < this.edges.length / 2 && this.edges[2 * last]! < end) {
      const [from, to] = [this.edges[2 * last]!, this.edges[2 * last + 1]!]
      this.total -= to - from
      if (from < start) {
        kept.push(from, Math.min(start, to))
        this.total += Math.min(start, to) - from
      }
      if (to > end) {
        kept.push(Math.max(end, from), to)
        this.total += to - Math.max(end, from)
      }
      last++
    }
    this.edges.splice(2 * first, 2 * (last - first), ...kept)
  }

  clear(): void {
    this.edges.length = 0
    this.total = 0
  }

  covers(start: number, end: number): boolean {
    if (end <= start) return true
    const index = this.lower(start + 1)
    return 2 * index < this.edges.length && this.edges[2 * index]! <= start && this.edges[2 * index + 1]! >= end
  }

  /** What of `[start, end)` is in the set. */
  within(start: number, end: number): Array<Range> {
    const found: Array<Range> = []
    for (let index = this.lower(start + 1); 2 * index < this.edges.length && this.edges[2 * index]! < end; index++) {
      found.push([Math.max(start, this.edges[2 * index]!), Math.min(end, this.edges[2 * index + 1]!)])
    }
    return found
  }

  /** What of `[start, end)` is not in the set. */
  gaps(start: number, end: number): Array<Range> {
    const found: Array<Range> = []
    let from = start
    for (const [inside, outside] of this.within(start, end)) {
      if (inside > from) found.push([from, inside])
      from = outside
    }
    if (from < end) found.push([from, end])
    return found
  }

  all(): Array<Range> {
    return this.within(0, Number.MAX_SAFE_INTEGER)
  }
}
