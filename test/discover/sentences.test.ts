import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attemptCodes } from '../../src/discover/model.ts';
import { sayAttempt, sayTrust } from '../../src/discover/sentences.ts';

describe('how a question ended', () => {
  test('is said in both languages, as a clause behind what was asked', () => {
    for (const code of attemptCodes)
      for (const language of ['en', 'de'] as const)
        assert.match(
          sayAttempt({ mechanism: 'srv', asked: 'SRV x', code }, language),
          /^SRV x: \S[^\n]*[^.\s]$/,
          `${code} ${language}`,
        );
  });

  test('does not steer a terminal, whatever the other side said', () => {
    const said = sayAttempt({ mechanism: 'pacc', asked: 'x', code: 'unreadable', detail: 'a\x1b[2Jb\u202e' }, 'en');
    assert.equal(said, 'x: cannot be read (a\ufffd[2Jb\ufffd)');
  });
});

test('what vouches for settings is said with the hosts and who certified them', () => {
  const certified = [{ host: 'a.zz', issuer: 'Let’s Encrypt' }];
  assert.equal(sayTrust({ level: 'tls', certified }, 'en'), 'over TLS (a.zz, certified by Let’s Encrypt)');
  assert.equal(sayTrust({ level: 'dns', certified: [] }, 'de'), 'im DNS genannt, DNSSEC unbekannt');
});
