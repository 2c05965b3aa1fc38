/** A server that fills in our address gets its placeholders back. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { impersonal, impersonalUrl, placeholderAddress } from '../../src/discover/personal.ts';
import type { Domain } from '../../src/name/domain.ts';
import { quickly } from '../quickly.ts';

const domain = 'huber.zz' as Domain;
const user = (name: string, address = 'max@huber.zz') =>
  /<username>(.*)<\/username>/.exec(impersonal(`<username>${name}</username>`, address, domain))?.[1];

describe('a user name', () => {
  const cases: [typed: string, template: string][] = [
    ['max@huber.zz', '%EMAILADDRESS%'],
    ['MAX@huber.zz', '%EMAILADDRESS%'],
    ['max', '%EMAILLOCALPART%'],
    ['HUBER\\max', 'HUBER\\%EMAILLOCALPART%'],
    ['max.huber.zz', '%EMAILLOCALPART%.%EMAILDOMAIN%'],
    ['max1.huber.zz', 'max1.huber.zz'],
    ['max%huber.zz', '%EMAILLOCALPART%%%EMAILDOMAIN%'],
    ['maximilian', 'maximilian'],
    ['%EMAILADDRESS%', '%EMAILADDRESS%'],
    ['', ''],
  ];
  for (const [typed, template] of cases)
    test(`“${typed}” is ${template === typed ? 'left alone' : template}`, () => assert.equal(user(typed), template));

  test('with characters that mean something else to a pattern is taken as it is', () => {
    assert.equal(user('a.b+c', 'a.b+c@huber.zz'), '%EMAILLOCALPART%');
    assert.equal(user('axb+c', 'a.b+c@huber.zz'), 'axb+c');
  });
});

describe('elsewhere', () => {
  test('the login name of Autodiscover is one too, whatever its prefix and attributes', () => {
    const xml = '<a:LoginName x="y">max@huber.zz</a:LoginName>';
    assert.equal(impersonal(xml, 'max@huber.zz', domain), '<a:LoginName x="y">%EMAILADDRESS%</a:LoginName>');
  });

  test('a host name has the domain for its placeholder, and nothing else changes', () => {
    const xml = '<hostname>imap.%EMAILDOMAIN%</hostname><displayName>max</displayName>';
    assert.equal(
      impersonal(xml, 'max@huber.zz', domain),
      '<hostname>imap.huber.zz</hostname><displayName>max</displayName>',
    );
  });
});

test('a text that was written against the expression costs no time', () => {
  const local = 'mailatlas-discovery';
  for (const text of [
    '<server '.repeat(30_000),
    `<username>${`${local} `.repeat(13_000)}\n${local}x`,
    '<'.repeat(250_000),
  ])
    quickly(() => impersonal(text, `${local}@huber.zz`, domain), 75);
});

test('a URL has no address in it, however it was put there', () => {
  const url = (rest: string) => impersonalUrl(`https://a.zz/${rest}`, 'max@huber.zz');
  assert.equal(url('c.xml?emailaddress=max%40huber.zz'), 'https://a.zz/c.xml');
  assert.equal(url('max%40huber.zz/c.xml'), 'https://a.zz/EMAILADDRESS/c.xml');
  assert.equal(url('max@huber.zz'), 'https://a.zz/EMAILADDRESS');
  assert.equal(url('c.xml?emailaddress=max%40huber.zz&v=1#x'), 'https://a.zz/c.xml?v=1#x');
  assert.equal(url('c.xml?v=1&emailaddress=max%40huber.zz#x'), 'https://a.zz/c.xml?v=1#x');
});

test('the placeholder is nobody’s address', () => {
  assert.equal(placeholderAddress(domain), 'mailatlas-discovery@huber.zz');
});
