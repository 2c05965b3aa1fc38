/** Pages over a real desk: a real database, and checks that say what the test says. */
import type { TestContext } from 'node:test';
import { authenticate, createToken, type Role } from '../../../src/store/tokens.ts';
import type { CheckResult } from '../../../src/submit/model.ts';
import { checksThat, type TestDesk, type TestDeskOptions, testDesk } from '../../submit/desk.ts';
import { testApp } from '../app.ts';

export interface DeskSite {
  readonly its: TestDesk;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  /** Sends a form as a browser does. */
  readonly fill: (
    path: string,
    fields: Readonly<Record<string, string>> | URLSearchParams,
    headers?: Record<string, string>,
  ) => Promise<Response>;
  readonly token: (name: string, role?: Role) => Promise<string>;
}

/** @param url the server's own, to which pages are bound */
export async function deskSite(t: TestContext, options: TestDeskOptions = {}, url?: string): Promise<DeskSite> {
  const its = await testDesk(options);
  t.after(() => its.close());
  const run = options.run ?? checksThat();
  const { get, send } = testApp({
    setUp: {
      ...(url !== undefined && { url }),
      authenticate: (secret, role) => authenticate(its.store, secret, role, its.desk.now().toISOString()),
      submissions: {
        desk: its.desk,
        async dryRun(draft, _, told = () => undefined) {
          const results: CheckResult[] = [];
          const subject = { draft, number: 0, receipt: '', atlas: await its.desk.atlas() };
          const tell = async (one: CheckResult) => {
            results.push(one);
            told(one);
          };
          await run(subject, tell, new AbortController().signal);
          return results;
        },
      },
    },
  });
  return {
    its,
    get,
    fill: (path, fields, headers = {}) =>
      send(
        'POST',
        path,
        {
          'Content-Type': 'application/x-www-form-urlencoded',
          Accept: 'text/html',
          'Sec-Fetch-Site': 'same-origin',
          ...headers,
        },
        String(new URLSearchParams(fields as Record<string, string>)),
      ),
    token: async (name, role = 'reviewer') =>
      (await createToken(its.store, name, role, its.desk.now().toISOString())) ?? '',
  };
}
