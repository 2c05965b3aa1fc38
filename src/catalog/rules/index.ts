import type { Rule } from '../judge.ts';
import { access } from './access.ts';
import { alternatives } from './alternatives.ts';
import { follow } from './follow.ts';
import { foreignHost } from './foreign-host.ts';
import { german } from './german.ts';
import { hostTemplate } from './host-template.ts';
import { id } from './id.ts';
import { noPlaintext } from './no-plaintext.ts';
import { oauth2 } from './oauth2.ts';
import { oneOwner } from './one-owner.ts';
import { ownNames } from './own-names.ts';
import { portSecurity } from './port-security.ts';
import { reachable } from './reachable.ts';
import { serverOrder } from './server-order.ts';
import { service } from './service.ts';
import { setup } from './setup.ts';
import { sources } from './sources.ts';
import { username } from './username.ts';

/** Every rule, in the order in which a record is read. */
export const rules: readonly Rule[] = [
  id,
  oneOwner,
  ownNames,
  portSecurity,
  noPlaintext,
  serverOrder,
  access,
  username,
  sources,
  foreignHost,
  oauth2,
  setup,
  alternatives,
  follow,
  hostTemplate,
  reachable,
  service,
  german,
];
