/** Of the runtime's own module, what src/worker.ts uses. Its whole types would redefine those of Node. */
declare module 'cloudflare:workers' {
  /** Lets work go on after the answer to the request that is being handled. */
  export function waitUntil(promise: Promise<unknown>): void;
}
