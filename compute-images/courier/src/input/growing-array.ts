/** A typed array that doubles; numbers of millions of rows fit where an array of objects would not. */
export class GrowingInt32 {
  #values = new Int32Array(16_384);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length] = value;
    this.length += 1;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }
}
