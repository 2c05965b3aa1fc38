import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  type Domain,
  domainOrUndefined,
  isAtOrBelow,
  isCanonicalDomain,
  NameError,
  type NameFault,
  parseDomain,
  withParents,
} from '../../src/name/domain.ts';

fc.configureGlobal({ seed: 1034, numRuns: 500 });

function good(typed: string, key: string): void {
  assert.equal(parseDomain(typed), key, `for ${JSON.stringify(typed)}`);
}

function bad(typed: string, code: NameFault): void {
  assert.throws(
    () => parseDomain(typed),
    (error) => error instanceof NameError && error.code === code && error.message.endsWith('.'),
    `${JSON.stringify(typed.slice(0, 80))} should be refused as ${code}`,
  );
}

const label63 = 'a'.repeat(63);
const name253 = [label63, label63, label63, 'a'.repeat(61)].join('.');

describe('a domain as people type it', () => {
  test('any case, spaces around it and one trailing dot make no difference', () => {
    good('example.com', 'example.com');
    good('STRASSE.de ', 'strasse.de'); // a space slipped in when copying
    good('\t example.com\r\n', 'example.com'); // a whole line of a file
    good('\u00a0example.com\ufeff', 'example.com'); // a no-break space and a byte order mark
    good('example.com.', 'example.com'); // the DNS root
    good('Mail.Example.CO.UK.', 'mail.example.co.uk');
  });

  test('letters, digits and hyphens in two labels or more are a name', () => {
    good('a.b', 'a.b');
    good('1und1.de', '1und1.de'); // RFC 1123 allows a leading digit
    good('163.com', '163.com');
    good('a-b--c.example', 'a-b--c.example');
    good('ab--cd.com', 'ab--cd.com'); // hyphens in third and fourth place exist in the wild
    good('foo.1e2', 'foo.1e2'); // not a number to the URL parser
    good('a.b.c.d.e.f.example', 'a.b.c.d.e.f.example');
  });

  test('a label has at most 63 octets, a name 253', () => {
    good(`${label63}.de`, `${label63}.de`);
    good(name253, name253);
    good(`${name253}.`, name253); // the dot at the end does not count
    bad(`${label63}a.de`, 'label-too-long');
    bad(`a${name253}`, 'too-long');
    bad('x'.repeat(300), 'too-long');
    bad('x'.repeat(100_000), 'too-long'); // before anything expensive looks at it
    bad(`${'ü'.repeat(60)}.de`, 'label-too-long'); // short as typed, too long as an A-label
    bad(`${'ü.'.repeat(60)}de`, 'too-long');
  });
});

describe('an internationalised domain', () => {
  test('becomes its A-label, by UTS 46 without transitional processing', () => {
    good('straße.de', 'xn--strae-oqa.de'); // not strasse.de: that is another domain
    good('faß.de', 'xn--fa-hia.de');
    good('Bücher.example', 'xn--bcher-kva.example');
    good('BÜCHER.example.', 'xn--bcher-kva.example');
    good('例え.テスト', 'xn--r8jz45g.xn--zckzah');
    good('💩.la', 'xn--ls8h.la');
    good('b\u0075\u0308cher.example', 'xn--bcher-kva.example'); // u and a combining diaeresis
    good('א1.example', 'xn--1-zhc.example'); // a digit after a right-to-left letter
  });

  test('may be typed as its A-label, in any case', () => {
    good('xn--strae-oqa.de', 'xn--strae-oqa.de');
    good('XN--STRAE-OQA.DE', 'xn--strae-oqa.de');
    good('xn--zca.xn--zca', 'xn--zca.xn--zca');
    good('xn--zca.ß', 'xn--zca.xn--zca'); // both forms in one name
  });

  test('is mapped from look-alikes of plain letters and dots', () => {
    good('ｅｘａｍｐｌｅ.ｃｏｍ', 'example.com'); // full-width letters
    good('example。com', 'example.com'); // ideographic full stop
    good('example．com', 'example.com'); // full-width full stop
    good('example｡com', 'example.com'); // half-width ideographic full stop
    good('example。com。', 'example.com');
    good('ex\u00adample.com', 'example.com'); // soft hyphen
    good('exam\u200bple.com', 'example.com'); // zero-width space
    good('\u212Aelvin.com', 'kelvin.com'); // the Kelvin sign
  });

  test('may end in any of the four full stops', () => {
    good('example.com．', 'example.com');
    good('example.com｡', 'example.com');
    good('ｅｘａｍｐｌｅ．ｃｏｍ．', 'example.com'); // how a Japanese keyboard types it
  });

  test('is refused where UTS 46 refuses it', () => {
    bad('ü.xn--a', 'bad-idn'); // punycode that ends too soon
    bad('xn--a.ß', 'bad-idn');
    bad('xn--tešla.de', 'bad-idn');
    bad('\u200d.example', 'bad-idn'); // CheckJoiners
    bad('a\u200db.de', 'bad-idn');
    bad('يa.example', 'bad-idn'); // CheckBidi: directions mixed in a label
    bad('1א.de', 'bad-idn');
    bad('\ufffd.com', 'bad-idn'); // the replacement character
    bad('⒈com.de', 'bad-idn'); // would be mapped to a dot
    bad('ｘn--a.de', 'bad-idn'); // full-width x: still an A-label
  });

  test('typed as an A-label is taken as it is: one that encodes nothing is simply in no atlas', () => {
    good('xn--a.com', 'xn--a.com'); // punycode that ends too soon
    good('XN--0.pt', 'xn--0.pt');
    good('xn--1ug.example', 'xn--1ug.example'); // a lone joiner
    bad('xn--.com', 'bad-hyphen');
    bad('xn--a_b.com', 'bad-character');
  });
});

describe('what is no domain', () => {
  test('nothing at all', () => {
    bad('', 'empty');
    bad('   ', 'empty');
    bad('.', 'empty');
    bad('。', 'empty');
  });

  test('a single label: no mail domain of the Internet has no dot', () => {
    bad('localhost', 'single-label');
    bad('com', 'single-label');
    bad('com.', 'single-label');
    bad('bücher', 'single-label');
  });

  test('empty labels', () => {
    bad('a..b', 'empty-label');
    bad('.example.com', 'empty-label');
    bad('example.com..', 'empty-label');
    bad('x..ß', 'empty-label');
    bad('\u00ad.de', 'empty-label'); // a soft hyphen is mapped to nothing
  });

  test('hyphens at the ends of a label', () => {
    bad('-a.com', 'bad-hyphen');
    bad('a-.com', 'bad-hyphen');
    bad('a.b-', 'bad-hyphen');
    bad('-x.ß', 'bad-hyphen');
  });

  test('characters that STD3 forbids, beside ASCII and beside other letters', () => {
    for (const character of '_~!"#$%&\'()*+,/:;<=>?@[\\]^`{|}') {
      bad(`a${character}b.example`, 'bad-character');
      bad(`ü${character}b.example`, 'bad-character');
    }
    bad('exa mple.com', 'bad-character');
    bad('bü cher.de', 'bad-character');
    bad('*.example.com', 'bad-character'); // a pattern, not a name
    bad('_dmarc.example.com', 'bad-character');
    bad('example.com,', 'bad-character');
  });

  test('percent signs, which the URL parser would decode', () => {
    bad('%65xample.com', 'bad-character');
    bad('ex%C3%BCmple.com', 'bad-character');
    bad('%EMAILDOMAIN%', 'bad-character');
    bad('%.ü', 'bad-character');
  });

  test('control characters and halves of characters', () => {
    bad('\0', 'bad-character');
    bad('exam\0ple.com', 'bad-character');
    bad('bü\0cher.com', 'bad-character');
    bad('exam\nple.com', 'bad-character'); // the URL parser would drop it
    bad('bü\tcher.com', 'bad-character');
    bad('\ud800.de', 'bad-idn');
    bad('example.\udfff', 'bad-idn');
  });

  test('IP addresses in every spelling that a URL parser takes for one', () => {
    bad('192.0.2.1', 'ip-address');
    bad('127.1', 'ip-address');
    bad('0x7f.1', 'ip-address');
    bad('0x7f.0x1', 'ip-address');
    bad('example.0x', 'ip-address');
    bad('example.123', 'ip-address'); // “ends in a number”: an address or nothing
    bad('１２７.0.0.1', 'ip-address'); // full-width digits
    bad('[::1]', 'bad-character');
    bad('2001:db8::1', 'bad-character');
  });

  test('URLs and addresses', () => {
    bad('https://example.com', 'bad-character');
    bad('example.com/path', 'bad-character');
    bad('example.com:443', 'bad-character');
    bad('fred@example.com', 'bad-character');
    bad('ü@example.com', 'bad-character');
  });

  test('is said with the character that is wrong, and never with a raw control character', () => {
    const said = (typed: string) => {
      try {
        return parseDomain(typed);
      } catch (error) {
        return (error as NameError).message;
      }
    };
    assert.match(said('a_b.example'), /“_”/);
    assert.match(said('a\u00a0b.example'), /U\+00A0/);
    assert.match(said('a\0b.example'), /U\+0000/);
    assert.match(said('a.-b.example'), /“-b”/);
    assert.ok(said('x'.repeat(5000)).length < 200);
    assert.ok(said(`ä${'.x'.repeat(400)}\ufffd`).length < 200);
  });

  test('is said without raw control characters in the quoted name', () => {
    for (const typed of [
      'a\0b.example',
      '\u001b[31mred.example',
      '\u001b[2j..example',
      'a\nb.example',
      '\ud800.de',
      'a\u202eb_.de',
    ]) {
      assert.throws(
        () => parseDomain(typed),
        (error) => error instanceof NameError && !/[\p{Cc}\p{Cs}\p{Cf}]/u.test(error.message),
        JSON.stringify(typed),
      );
    }
  });
});

describe('whatever the text', () => {
  const piece = fc.constantFrom(
    ...'a b1 example - . . .com 。 ． ｡ xn-- xn--tda ü ß א ي 例 1 0x % %41 @ _ * [ ] : /'.split(' '),
    ...' \0 \u00ad \u200d \ud800 \udc00'.split(' '),
    ' ',
    label63,
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
    fc.domain(),
  );
  const ldh = /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+$/;

  test('the answer is a name of letters, digits and hyphens, or a NameError', () => {
    fc.assert(
      fc.property(text, (typed) => {
        try {
          const domain = parseDomain(typed);
          assert.match(domain, ldh);
          assert.ok(domain.length <= 253);
        } catch (error) {
          assert.ok(error instanceof NameError, `${String(error)} for ${JSON.stringify(typed)}`);
        }
      }),
    );
  });

  test('parsing what was parsed changes nothing', () => {
    fc.assert(
      fc.property(text, (typed) => {
        const domain = domainOrUndefined(typed);
        if (domain === undefined) return;
        assert.equal(parseDomain(domain), domain);
        assert.ok(isCanonicalDomain(domain));
      }),
    );
  });

  test('a name in capitals with a dot and spaces is the same name', () => {
    fc.assert(
      fc.property(fc.domain({ size: 'small' }), (name) => {
        assert.equal(parseDomain(` ${name.toUpperCase()}. `), name.toLowerCase());
      }),
    );
  });
});

describe('names and those above them', () => {
  test('the parents of a name are listed longest first and end with two labels', () => {
    assert.deepEqual(withParents(parseDomain('a.b.c.example')), ['a.b.c.example', 'b.c.example', 'c.example']);
    assert.deepEqual(withParents(parseDomain('example.com')), ['example.com']);
  });

  test('below means below a whole label', () => {
    const mail = parseDomain('mail.example.com');
    assert.ok(isAtOrBelow(mail, 'mail.example.com'));
    assert.ok(isAtOrBelow(mail, 'example.com'));
    assert.ok(isAtOrBelow(mail, 'com'));
    assert.ok(!isAtOrBelow(mail, 'ample.com'));
    assert.ok(!isAtOrBelow(mail, 'a.mail.example.com'));
  });

  test('a name is below exactly its parents', () => {
    const name = fc
      .array(fc.constantFrom('a', 'b', 'ab'), { minLength: 2, maxLength: 5 })
      .map((labels) => labels.join('.') as Domain);
    fc.assert(
      fc.property(name, name, (domain, other) => {
        const below = domain === other || domain.endsWith(`.${other}`);
        assert.equal(withParents(domain).includes(other), below);
        assert.equal(isAtOrBelow(domain, other), below);
      }),
    );
  });

  test('only a name in its final form is canonical', () => {
    assert.ok(isCanonicalDomain('xn--strae-oqa.de'));
    for (const text of ['Example.com', 'example.com.', ' example.com', 'straße.de', '*.example.com', 'com', ''])
      assert.ok(!isCanonicalDomain(text), text);
  });

  test('where a bad name simply does not match, it is undefined', () => {
    assert.equal(domainOrUndefined('Example.COM'), 'example.com');
    assert.equal(domainOrUndefined('not a domain'), undefined);
  });
});
