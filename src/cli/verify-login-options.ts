/** What `verify --accounts` adds to the options of `verify`. Apart from it, so that a plain run loads no mail client. */

export const loginOptions = {
  accounts: { type: 'string' },
  wait: { type: 'string' },
  mx: { type: 'boolean' },
  lang: { type: 'string' },
} as const;

export const loginUsage = `With your own test accounts: signs in at every server of each, sends a marked message, fetches it and deletes it. A
password goes only over TLS whose certificate is good, and no second time where it was refused.

  --accounts FILE         a JSON list, for your eyes only (mode 0600): [{"address": "me@example.com", "password": "…"}];
                          with "username" where that is neither the address nor a part of it
  --wait SECONDS          how long a message may take to arrive (default: 120)
  --mx                    for a domain that is not in the data: ask DNS who receives its mail
  --lang de|en            the language of the report (default: the environment's)`;
