/** The ids that have been received, as sorted, disjoint runs [from, to). Nearly always one run, or one per channel. */
export class IdIntervals {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  add(id: number): void {
    const starts = this.#starts;
    const ends = this.#ends;
    // First run that starts above the id; new ids are nearly always at the end.
    let next = starts.length;
    while (next > 0 && starts[next - 1] > id) next--;
    const before = next - 1;
    if (before >= 0 && id < ends[before]) return;
    const joinsBefore = before >= 0 && ends[before] === id;
    const joinsNext = next < starts.length && starts[next] === id + 1;
    if (joinsBefore && joinsNext) {
      ends[before] = ends[next];
      starts.splice(next, 1);
      ends.splice(next, 1);
    } else if (joinsBefore) {
      ends[before] = id + 1;
    } else if (joinsNext) {
      starts[next] = id;
    } else {
      starts.splice(next, 0, id);
      ends.splice(next, 0, id + 1);
    }
  }

  /** End of the lowest run if it starts at `from`, else -Infinity. */
  endOfRunFrom(from: number): number {
    return this.#starts[0] === from ? this.#ends[0] : -Infinity;
  }

  clear(): void {
    this.#starts.length = 0;
    this.#ends.length = 0;
  }
}
