import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { type Domain, isAtOrBelow, parseDomain } from '../../src/name/domain.ts';
import { isPublicSuffix, registrableDomain } from '../../src/name/suffix.ts';

fc.configureGlobal({ seed: 7489, numRuns: 300 });

function owns(domain: string, registrable: string | undefined): void {
  assert.equal(registrableDomain(parseDomain(domain)), registrable, `for ${domain}`);
}

describe('the registrable domain', () => {
  test('is one label more than the public suffix', () => {
    owns('example.com', 'example.com');
    owns('a.b.example.com', 'example.com');
    owns('mail.example.co.uk', 'example.co.uk');
    owns('www.test.k12.ak.us', 'test.k12.ak.us');
  });

  test('is nothing for a public suffix, which nobody in particular owns', () => {
    owns('co.uk', undefined);
    owns('k12.ak.us', undefined);
    owns('ide.kyoto.jp', undefined);
  });

  test('follows wildcard rules and their exceptions', () => {
    owns('test.ck', undefined); // *.ck
    owns('b.test.ck', 'b.test.ck');
    owns('www.www.ck', 'www.ck'); // !www.ck
    owns('c.kobe.jp', undefined); // *.kobe.jp
    owns('a.b.c.kobe.jp', 'b.c.kobe.jp');
    owns('www.city.kobe.jp', 'city.kobe.jp'); // !city.kobe.jp
  });

  test('takes A-labels', () => {
    owns('www.食狮.公司.cn', 'xn--85x722f.xn--55qx5d.cn');
    owns('xn--55qx5d.cn', undefined);
  });

  test('counts the private part of the list: customers of one hoster do not own each other', () => {
    owns('w0123.kasserver.com', 'w0123.kasserver.com');
    owns('kasserver.com', undefined);
    owns('me.github.io', 'me.github.io');
    owns('a.b.example.uk.com', 'example.uk.com');
  });

  test('is two labels below a top-level domain that nobody listed', () => {
    owns('a.b.example.nosuchtld', 'example.nosuchtld');
    owns('mail.example', 'mail.example');
  });

  test('of any name is the name itself or stands above it', () => {
    fc.assert(
      fc.property(fc.domain({ size: 'small' }), (name) => {
        const domain = parseDomain(name);
        const registrable = registrableDomain(domain);
        if (registrable === undefined) return;
        assert.ok(isAtOrBelow(domain, registrable));
        assert.equal(registrableDomain(registrable), registrable);
        assert.equal(registrableDomain(`a.${domain}` as Domain), registrable);
      }),
    );
  });
});

describe('a public suffix', () => {
  test('is a name below which strangers register theirs', () => {
    for (const suffix of ['com', 'co.uk', 'k12.ak.us', 'xn--fiqs8s', 'test.ck'])
      assert.ok(isPublicSuffix(suffix), suffix);
  });

  test('is not a registered name', () => {
    for (const name of ['example.com', 'example.co.uk', 'www.ck', 'b.test.ck', 'mail.example.com'])
      assert.ok(!isPublicSuffix(name), name);
  });

  test('is not a hoster’s name, though the private part of the list has it: one company decides there', () => {
    for (const name of ['kasserver.com', 'github.io', 'uk.com']) assert.ok(!isPublicSuffix(name), name);
  });
});
