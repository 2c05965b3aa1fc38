import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { parseAddress } from '../../src/name/address.ts';
import { NameError, type NameFault, parseDomain } from '../../src/name/domain.ts';

fc.configureGlobal({ seed: 5321, numRuns: 500 });

/** `local` undefined: the text is a domain alone. */
function good(typed: string, local: string | undefined, domain: string): void {
  assert.deepEqual(
    parseAddress(typed),
    local === undefined ? { domain } : { local, domain },
    `for ${JSON.stringify(typed)}`,
  );
}

function bad(typed: string, code: NameFault): void {
  assert.throws(
    () => parseAddress(typed),
    (error) => error instanceof NameError && error.code === code && error.message.endsWith('.'),
    `${JSON.stringify(typed.slice(0, 80))} should be refused as ${code}`,
  );
}

describe('an address as people type it', () => {
  test('a local part, an @, a domain', () => {
    good('fred@example.com', 'fred', 'example.com');
    good(' fred@example.com\n', 'fred', 'example.com');
    good('fred@ example.com', 'fred', 'example.com'); // a space after the @ can only be a slip
    good('fred@EXAMPLE.com.', 'fred', 'example.com');
    good('fred@straße.de', 'fred', 'xn--strae-oqa.de');
  });

  test('a domain alone', () => {
    good('example.com', undefined, 'example.com');
    good('Straße.de', undefined, 'xn--strae-oqa.de');
    good('@example.com', undefined, 'example.com');
  });

  test('the local part is kept to the letter', () => {
    good('Fred.Feuerstein@example.com', 'Fred.Feuerstein', 'example.com'); // RFC 5321 section 2.4
    good('fred+tag@example.com', 'fred+tag', 'example.com'); // plus addressing
    good('fred%2Btag@example.com', 'fred%2Btag', 'example.com'); // decoding is the query's business
    good('fred%host@example.com', 'fred%host', 'example.com'); // the percent hack of old
    good("o'neil=x/y@example.com", "o'neil=x/y", 'example.com');
    good('fred.@example.com', 'fred.', 'example.com'); // not an atom, but such mailboxes exist
    good('用户@例え.テスト', '用户', 'xn--r8jz45g.xn--zckzah'); // RFC 6531
    good('fu\u0308r@example.com', 'fu\u0308r', 'example.com'); // not even normalised
  });

  test('the domain follows the last @, because a quoted local part may contain one', () => {
    good('"a@b"@example.com', '"a@b"', 'example.com');
    good('"fred flintstone"@example.com', '"fred flintstone"', 'example.com');
    good('""@example.com', '""', 'example.com');
    bad('a@b@example.com', 'bad-local-part');
    bad('fred flintstone@example.com', 'bad-local-part');
    bad('fred @example.com', 'bad-local-part');
    bad('"fred flintstone@example.com', 'bad-local-part'); // the second quotation mark is missing
  });

  test('angle brackets with a display name', () => {
    good('<fred@example.com>', 'fred', 'example.com');
    good('Fred Flintstone <fred@example.com>', 'fred', 'example.com');
    good('"Flintstone, Fred <boss>" <fred@example.com> ', 'fred', 'example.com');
    good('fred@private.example <fred@work.example>', 'fred', 'work.example');
    good('Fred < fred@example.com >', 'fred', 'example.com');
    bad('<>', 'empty'); // the null reverse-path
    bad('Fred <>', 'empty');
    bad('Fred <fred@example.com> and more', 'bad-character');
    bad('fred@example.com>', 'bad-character');
  });

  test('an angle bracket that is never closed is refused', () => {
    bad('<fred@example.com', 'bad-local-part');
    bad('Fred<fred@example.com', 'bad-local-part');
  });

  test('mailto: links', () => {
    good('mailto:fred@example.com', 'fred', 'example.com');
    good('MAILTO:fred@example.com', 'fred', 'example.com');
    good('mailto:fred@example.com?subject=a@b&body=x', 'fred', 'example.com');
    good('mailto:fred%2Btag@example.com', 'fred+tag', 'example.com'); // RFC 6068 encodes
    good('mailto:fred+tag@example.com', 'fred+tag', 'example.com');
    good('mailto:%22a%40b%22@example.com', '"a@b"', 'example.com');
    good('Fred <mailto:fred@example.com>', 'fred', 'example.com');
    bad('mailto:', 'empty');
    bad('mailto:fred%', 'bad-character');
    bad('mailto:fred%FF@example.com', 'bad-character'); // not UTF-8
    bad('mailto:fred%00@example.com', 'bad-local-part');
    bad('mailto:fred@ex%2561mple.com', 'bad-character'); // decoded once, not twice
    bad('mailto:fred@example.com,wilma@example.com', 'bad-local-part'); // two people
  });
});

describe('what is no address', () => {
  test('nothing, or nothing after the @', () => {
    bad('', 'empty');
    bad('  ', 'empty');
    bad('fred@', 'no-domain');
    bad('fred@ ', 'no-domain');
    bad('@', 'no-domain');
    bad('fred@.', 'empty');
  });

  test('a name without a domain', () => {
    bad('fred', 'single-label');
    bad('fred@localhost', 'single-label');
  });

  test('domain literals and IP addresses', () => {
    bad('fred@[192.0.2.1]', 'ip-address');
    bad('fred@[IPv6:2001:db8::1]', 'ip-address');
    bad('fred@[', 'ip-address');
    bad('fred@192.0.2.1', 'ip-address');
    bad('fred@0x7f.1', 'ip-address');
  });

  test('placeholders that a client forgot to fill in', () => {
    bad('%EMAILADDRESS%', 'bad-character');
    bad('%25EMAILADDRESS%25', 'bad-character');
    bad('fred@%EMAILDOMAIN%', 'bad-character');
    bad('fred%40example.com', 'bad-character'); // still encoded: not an address yet
    bad('fred@example.com%', 'bad-character');
  });

  test('control characters, halves of characters, look-alikes of the @', () => {
    bad('\0', 'bad-character');
    bad('fred\0@example.com', 'bad-local-part');
    bad('fred@exam\0ple.com', 'bad-character');
    bad('fred\r\nRCPT TO:<x>@example.com', 'bad-local-part'); // or the local part would write protocol lines
    bad('fred@\ud800.de', 'bad-idn');
    bad('fred@\ufffd.de', 'bad-idn');
    bad('fred＠example.com', 'bad-idn');
  });

  test('half a character in the local part is refused as well', () => {
    bad('\ud800@example.com', 'bad-local-part');
  });

  test('a local part of more than 64 octets, however few characters that are', () => {
    good(`${'x'.repeat(64)}@example.com`, 'x'.repeat(64), 'example.com');
    good(`${'ü'.repeat(32)}@example.com`, 'ü'.repeat(32), 'example.com');
    bad(`${'x'.repeat(65)}@example.com`, 'bad-local-part');
    bad(`${'ü'.repeat(33)}@example.com`, 'bad-local-part');
  });

  test('an address of more than 254 octets, which no SMTP path holds', () => {
    const domain = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(62)}`; // 190 octets
    good(`${'x'.repeat(63)}@${domain}`, 'x'.repeat(63), domain);
    bad(`${'x'.repeat(64)}@${domain}`, 'too-long');
  });

  test('nonsense of any length', () => {
    bad('x'.repeat(300), 'too-long');
    bad('x'.repeat(3000), 'too-long');
    bad('<'.repeat(1500), 'too-long');
    bad('@'.repeat(300), 'no-domain');
    bad(`${'"'.repeat(300)}@example.com`, 'bad-local-part');
    bad(`Fred <${'x'.repeat(200_000)}@example.com>`, 'too-long');
  });
});

describe('whatever the text', () => {
  const piece = fc.constantFrom(
    ...'fred example . .com @ @ < > " mailto: ? % %40 %00 %FF [ ] ü ß 。 ＠ xn-- , ; ( \\ +'.split(' '),
    ...'\0 \ud800 \udc00 \n'.split(' '),
    ' ',
    'x'.repeat(64),
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
    fc.emailAddress({ size: 'small' }),
  );

  test('the answer has a domain in its final form, or it is a NameError', () => {
    fc.assert(
      fc.property(text, (typed) => {
        try {
          const { local, domain } = parseAddress(typed);
          assert.equal(parseDomain(domain), domain);
          assert.notEqual(local, '');
        } catch (error) {
          assert.ok(error instanceof NameError, `${String(error)} for ${JSON.stringify(typed)}`);
        }
      }),
    );
  });

  test('an ordinary address comes back as it is, also from a link and from brackets', () => {
    const ordinary = fc.emailAddress({ size: 'small' }).filter((address) => address.length <= 254);
    fc.assert(
      fc.property(ordinary, (address) => {
        const at = address.lastIndexOf('@');
        const parsed = { local: address.slice(0, at), domain: parseDomain(address.slice(at + 1)) };
        assert.deepEqual(parseAddress(address), parsed);
        assert.deepEqual(parseAddress(`Somebody <${address}>`), parsed);
        assert.deepEqual(parseAddress(`mailto:${encodeURIComponent(address)}?subject=hello`), parsed);
      }),
    );
  });
});
