/** All targets. */
import type { Target } from '../target.ts';
import { addresses } from './addresses.ts';
import { bundle } from './bundle.ts';
import { clients } from './clients.ts';
import { dns } from './dns.ts';
import { evidence } from './evidence.ts';
import { frontMatter } from './front-matter.ts';
import { http } from './http.ts';
import { mail } from './mail.ts';
import { names } from './names.ts';
import { pacc } from './pacc.ts';
import { imap, pop3, smtp } from './replies.ts';
import { requests } from './requests.ts';
import { statuses } from './statuses.ts';
import { submissions } from './submissions.ts';
import { xml } from './xml.ts';
import { yaml } from './yaml.ts';

export const targets: readonly Target[] = [
  names,
  addresses,
  xml,
  clients,
  pacc,
  frontMatter,
  yaml,
  submissions,
  evidence,
  smtp,
  imap,
  pop3,
  dns,
  http,
  bundle,
  statuses,
  mail,
  requests,
];
