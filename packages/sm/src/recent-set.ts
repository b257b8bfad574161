/** A set that keeps the newest members only. */
export class RecentSet {
  readonly #members = new Set<string>();
  readonly #most: number;

  /** @param most members that are kept, above 0 */
  constructor(most: number) {
    this.#most = most;
  }

  has(member: string): boolean {
    return this.#members.has(member);
  }

  add(member: string): void {
    // In the order of insertion: the first is the oldest.
    const [oldest] = this.#members;
    if (this.#members.size >= this.#most && oldest !== undefined) this.#members.delete(oldest);
    this.#members.add(member);
  }
}
