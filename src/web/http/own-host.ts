/** Pages are for people who came to this server by its own name. Whoever pointed their domain here gets machine answers. */
const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/;
const ipAddress = /^(?:\d+(?:\.\d+){3}|\[[\da-f:.]+\])$/;

/** Whether a host is this very machine, whoever asks. */
export function isLoopbackHost(hostname: string): boolean {
  return loopback.test(hostname);
}

/**
 * Whether a request was sent to this server under its own name: the host of `--url`, or loopback. Where the operator has not
 * said what its name is, any IP address will do, because that is nobody's mail domain.
 * @param requested the URL of the request
 * @param own `--url`
 */
export function isOwnHost(requested: string, own: string | undefined): boolean {
  const { hostname } = new URL(requested);
  if (isLoopbackHost(hostname)) return true;
  return own === undefined ? ipAddress.test(hostname) : hostname === new URL(own).hostname;
}
