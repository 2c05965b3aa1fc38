/** Another server in the place of the central database, by its routes `/v1.1/{domain}` and `/api/v1`. */
import { getDocument, HttpError } from '../../net/http/get-text.ts';
import type { Given, Ours } from './asked.ts';

const limits = { most: 1024 * 1024, timeout: 10_000 };

/** @param base without a slash at its end */
export function fromServer(base: string): Ours {
  const get = async (path: string): Promise<Given> => {
    try {
      const { text, type } = await getDocument(new URL(`${base}${path}`), limits);
      return { text, type: type.split(';')[0]?.trim().toLowerCase() ?? '' };
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      const code = error.status === 404 || error.status === 422 ? 'not-found' : 'unreachable';
      return { code, detail: error.message.replace(/^it cannot be reached \((.*)\)$/, '$1') };
    }
  };
  return {
    ispdb: (domain) => get(`/v1.1/${domain}`),
    profile: async (domain) => {
      const found = await get(`/api/v1/lookup?domain=${domain}`);
      if ('code' in found) return found;
      const id = idOf(found.text);
      return id === undefined
        ? { code: 'unreadable' }
        : get(`/api/v1/providers/${encodeURIComponent(id)}/mail.mobileconfig`);
    },
  };
}

function idOf(text: string): string | undefined {
  try {
    const { provider } = JSON.parse(text) as { provider?: { id?: unknown } };
    return typeof provider?.id === 'string' ? provider.id : undefined;
  } catch {
    return undefined;
  }
}
