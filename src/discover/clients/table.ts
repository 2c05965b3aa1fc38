/** The clients that can be simulated, in the order in which they are told. */
import { aerc } from './aerc.ts';
import { appleMail } from './apple-mail.ts';
import { deltaChat } from './delta-chat.ts';
import { emailEngine } from './emailengine.ts';
import { fairEmail } from './fairemail.ts';
import { geary } from './geary.ts';
import { kmail } from './kmail.ts';
import type { Client } from './model.ts';
import { outlook } from './outlook.ts';
import { thunderbird } from './thunderbird.ts';
import { thunderbirdAndroid } from './thunderbird-android.ts';

export const clients: readonly Client[] = [
  thunderbird,
  thunderbirdAndroid,
  deltaChat,
  fairEmail,
  aerc,
  geary,
  kmail,
  outlook,
  appleMail,
  emailEngine,
];
