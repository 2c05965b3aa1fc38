/** What was published here, for whoever keeps the data: `mailatlas export --from` asks, writes files, and tells. */
import type { Context } from 'hono';
import { dropOverlay, readOverlays } from '../../store/overlays.ts';
import { noteExported } from '../../submit/exported.ts';
import { tokenOf } from '../bearer.ts';
import { InData, mostOverlays, OverlaysQuery } from '../contract/overlays.ts';
import { bodyJson } from '../http/body.ts';
import { HttpProblem } from '../http/errors.ts';
import { parseQuery } from '../http/parse-query.ts';
import { numberIn } from '../http/query.ts';
import { sendJson } from '../http/respond.ts';
import type { Deps } from '../served/served.ts';
import { submissionsOf } from './submissions.ts';

export function overlayRoutes(deps: Deps) {
  return {
    /** `GET /api/v1/overlays?after=`, for reviewers. */
    list: async (c: Context): Promise<Response> => {
      const { desk } = submissionsOf(deps);
      await tokenOf(deps, c, 'reviewer');
      const { after = '0' } = parseQuery(OverlaysQuery, c);
      const some = await readOverlays(desk.store.db, { after: Number(after), limit: mostOverlays });
      const next = some.length === mostOverlays ? (some.at(-1)?.number ?? null) : null;
      return sendJson(c, { overlays: some, next }, 'no-store');
    },

    /** `POST /api/v1/overlays/exported`, for admins. */
    exported: async (c: Context): Promise<Response> => {
      const { desk } = submissionsOf(deps);
      const { name: who } = await tokenOf(deps, c, 'admin');
      const { records } = await bodyJson(InData, c);
      const inData = new Map(records.map(({ id, digest }) => [id, digest]));
      const submissions = await noteExported(desk, { actor: 'admin', who }, inData, 'It is in the data.');
      return sendJson(c, { submissions }, 'no-store');
    },

    /** `DELETE /api/v1/overlays/{number}`, for admins. */
    discard: async (c: Context): Promise<Response> => {
      const { desk } = submissionsOf(deps);
      await tokenOf(deps, c, 'admin');
      const { store } = desk;
      const number = numberIn(c.req.param('number')) ?? 0;
      const [overlay] = await readOverlays(store.db, { after: number - 1, limit: 1 });
      if (overlay?.number !== number) {
        throw new HttpProblem('unknown-overlay', 'Nothing is published under this number (any more).');
      }
      await store.atomically([dropOverlay(store.db, number)]);
      return sendJson(c, { number, id: overlay.id }, 'no-store');
    },
  };
}
