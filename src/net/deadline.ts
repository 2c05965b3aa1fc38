/** What the promise gives, or the other thing where the deadline (on the clock of `performance.now()`) comes first. */
export async function before<T, L>(deadline: number, promise: Promise<T>, late: L): Promise<T | L> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<L>((done) => {
    timer = setTimeout(done, Math.max(0, deadline - performance.now()), late);
  });
  return Promise.race([promise, over]).finally(() => clearTimeout(timer));
}
