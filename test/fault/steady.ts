/** What a server answers whatever becomes of its database, and what it is to refuse. */
import assert from 'node:assert/strict';
import Sqlite from 'better-sqlite3';
import { jsonOf, type Site } from './site.ts';

const paths = [
  '/v1.1/post.example',
  '/api/v1/lookup?domain=hosting.example&mx=0',
  '/api/v1/providers/kabel.example/autoconfig.xml',
  '/api/v1/providers?q=post',
  '/healthz',
  '/readyz',
  '/?domain=post.example',
];

/** Answers that need no disk. */
export async function steadyAnswers(site: Site): Promise<string[]> {
  const answers: string[] = [];
  for (const path of paths) {
    const { status, body } = await site.ask(path);
    assert.equal(status, 200, `${path}: ${String(body)}`);
    answers.push(String(body));
  }
  return answers;
}

/** Submits a change that differs by its short name. */
export async function submit(site: Site, short: string) {
  const answer = await site.ask('/api/v1/submissions', { method: 'POST', body: site.draft(short) });
  return { status: answer.status, headers: answer.headers, json: jsonOf(answer) };
}

/** The submissions that the file has, as their short names. */
export function stored(db: string): string[] {
  const sqlite = new Sqlite(db);
  try {
    const drafts = sqlite.prepare('SELECT draft FROM submission ORDER BY number').pluck().all() as string[];
    return drafts.map((draft) => (JSON.parse(draft) as { record: { short: string } }).record.short);
  } finally {
    sqlite.close();
  }
}
