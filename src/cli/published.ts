/** What `export` writes into the data: what was published in a database here, or on a server elsewhere. */
import { userInfo } from 'node:os';
import type * as z from 'zod';
import { curatedOf, parseCatalog } from '../catalog/catalog.ts';
import type { DataFiles } from '../catalog/files.ts';
import { loadFiles } from '../catalog/load.ts';
import { dropOverlay, type Overlay, readOverlays } from '../store/overlays.ts';
import { openSqlite } from '../store/sqlite.ts';
import { inDataOf, noteExported, readPublished } from '../submit/exported.ts';
import { type Discarded, type Exported, mostOverlays, OverlayList } from '../web/contract/overlays.ts';
import type { SubmissionList } from '../web/contract/submissions.ts';
import { askServer, complaintOf, type Question, ServerRefusal } from './atlas-server.ts';
import { language } from './options.ts';
import { Complaint, note } from './say.ts';

export interface Published {
  overlays(): Promise<readonly Overlay[]>;
  /** Submissions that wait for the data to have what came of them. */
  submissions(): Promise<readonly { readonly id: string; readonly number: number }[]>;
  /** The data were written: submissions whose records are the same there have come to their end. */
  written(files: DataFiles): Promise<void>;
  /** Lets the file win. @returns whether it is served already, or with the next load */
  discard(overlay: Overlay, files: DataFiles): Promise<'served' | 'to be loaded'>;
  close(): void;
}

const recordsOf = (files: DataFiles) => curatedOf(parseCatalog(files)).providers;

export function publishedHere(db: string): Published {
  const store = openSqlite(db, note);
  const desk = { store, now: () => new Date() };
  const by = { actor: 'operator', who: userInfo().username } as const;
  return {
    overlays: () => readOverlays(store.db),
    submissions: () => readPublished(desk),
    async written(files) {
      const ids = (await readPublished(desk)).map(({ id }) => id);
      await noteExported(desk, by, inDataOf(ids, recordsOf(files)), 'It is in the data.');
    },
    async discard({ id, number }, files) {
      await store.atomically([dropOverlay(store.db, number)]);
      const result = await loadFiles(store, files, new Date().toISOString());
      if ('problems' in result) throw new Complaint('the data have errors', { tip: 'mailatlas lint says where' });
      await noteExported(desk, by, inDataOf([id], recordsOf(files)), 'The data have it in their own words.');
      return 'served';
    },
    close: () => store.close(),
  };
}

const tips = {
  'no-token': 'have one made there: mailatlas token create --role admin --name NAME',
  'wrong-role': 'only an admin can do this: mailatlas token create --role admin --name NAME',
  'no-submissions': 'see --from',
  'unknown-route': 'see --from; is it a mailatlas server, and not older than this program?',
};

/** @param secret the token of an admin; a reviewer's is enough to look */
export function publishedAt(server: string, secret: string): Published {
  const ask = async <T>(question: Question): Promise<T> => {
    try {
      return await askServer<T>(server, { ...question, secret }, language());
    } catch (error) {
      throw error instanceof ServerRefusal ? complaintOf(error, tips) : error;
    }
  };
  const submissions = async () => {
    const found: { id: string; number: number }[] = [];
    for (let before = ''; ; ) {
      const path = `/api/v1/submissions?state=published${before}`;
      const page = await ask<z.infer<typeof SubmissionList>>({ path });
      for (const { id, number, kind } of page.submissions) if (kind !== 'report') found.push({ id, number });
      if (page.next === null) return found;
      before = `&before=${page.next}`;
    }
  };
  return {
    async overlays() {
      const found: Overlay[] = [];
      for (let after = 0; ; ) {
        const page = OverlayList.safeParse(await ask({ path: `/api/v1/overlays?after=${after}` }));
        // What was published there is to become files here: nothing is taken on trust.
        if (!page.success) {
          const tip = 'a newer mailatlas there knows fields that this one does not: update it';
          throw new Complaint(`what ${new URL(server).host} has published is of no known form`, { tip });
        }
        found.push(...page.data.overlays);
        if (page.data.next === null || page.data.next <= after) return found;
        after = page.data.next;
      }
    },
    submissions,
    async written(files) {
      const ids = new Set((await submissions()).map(({ id }) => id));
      const records = [...inDataOf(ids, recordsOf(files))].map(([id, digest]) => ({ id, digest }));
      for (let start = 0; start < records.length; start += mostOverlays) {
        const json = { records: records.slice(start, start + mostOverlays) };
        await ask<z.infer<typeof Exported>>({ method: 'POST', path: '/api/v1/overlays/exported', body: { json } });
      }
    },
    async discard({ number }) {
      await ask<z.infer<typeof Discarded>>({ method: 'DELETE', path: `/api/v1/overlays/${number}` });
      return 'to be loaded';
    },
    close() {},
  };
}
