/** What is told while somebody reads it, one after the other: between work that calls and a page that grows. */
export class Told<T> implements AsyncIterable<T> {
  readonly #told: T[] = [];
  #ended = false;
  #wake = Promise.withResolvers<void>();

  readonly tell = (one: T): void => {
    this.#told.push(one);
    this.#wake.resolve();
  };

  readonly end = (): void => {
    this.#ended = true;
    this.#wake.resolve();
  };

  async *[Symbol.asyncIterator]() {
    for (;;) {
      const next = this.#told.shift();
      if (next !== undefined) yield next;
      else if (this.#ended) return;
      else {
        await this.#wake.promise;
        this.#wake = Promise.withResolvers();
      }
    }
  }
}
