/** Of the runtime's own module, what src/worker.ts uses. */
declare module 'cloudflare:sockets' {
  export const connect: import('../src/net/http/http-workers.ts').Connect;
}
