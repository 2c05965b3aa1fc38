/** `GET /api/v1/messages`: what servers say when something fails, what it means and what helps; for browsers and programs. */
import type { Context } from 'hono';
import type { MessageEntry } from '../provider/lists.ts';
import { type Document, documentOf, json, send } from './http/respond.ts';
import { packed } from './pages/packed.ts';
import type { Deps } from './served/served.ts';

export function messagesRoute(deps: Deps) {
  let made: { readonly of: readonly MessageEntry[]; readonly document: Document } | undefined;
  return (c: Context): Response => {
    const messages = deps.messages?.() ?? [];
    if (made?.of !== messages) made = { of: messages, document: documentOf(JSON.stringify({ messages }), json) };
    const { document, headers } = packed(c, deps, made.document);
    return send(c, document, 'public', headers);
  };
}
