import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { HttpProblem } from '../../../src/web/http/errors.ts';
import { carriesAddress, queryParameter, queryParameters } from '../../../src/web/http/query.ts';

/** The parameter `email` of a query. */
function email(query: string): string | undefined {
  return queryParameter(`https://atlas.example/path?${query}`, 'email');
}

describe('A query parameter', () => {
  for (const [query, value, why] of [
    ['email=fred@post.example', 'fred@post.example', 'is read where nothing is encoded'],
    ['email=fred%40post.example', 'fred@post.example', 'is percent-decoded'],
    [
      'email=fred+lists@post.example',
      'fred+lists@post.example',
      'keeps a raw “+”, which a form would turn into a space',
    ],
    ['email=fred%2Blists@post.example', 'fred+lists@post.example', 'keeps an encoded “+”'],
    ['email=j%C3%BCrgen@stra%C3%9Fe.example', 'jürgen@straße.example', 'is UTF-8'],
    ['email=a=b@post.example', 'a=b@post.example', 'may have “=” in its value'],
    ['email=a%26b@post.example', 'a&b@post.example', 'may have an encoded “&” in its value'],
    ['email=a%3Fb@post.example', 'a?b@post.example', 'may have an encoded “?” in its value'],
    ['email=a?b@post.example', 'a?b@post.example', 'may have a raw “?” in its value'],
    ['email=%20fred@post.example%20', 'fred@post.example', 'loses spaces around it'],
    ['EMAIL=fred@post.example', 'fred@post.example', 'has a name in any case'],
    ['x=1&email=fred@post.example&y', 'fred@post.example', 'may stand anywhere'],
    ['email=one@post.example&email=two@post.example', 'one@post.example', 'counts the first time it stands there'],
    ['email=&email=two@post.example', undefined, 'counts the first time, even where that is empty'],
    ['email=', undefined, 'that is empty is none'],
    ['email=%20', undefined, 'of spaces alone is none'],
    ['email', undefined, 'without “=” is none'],
    ['', undefined, 'is none in an empty query'],
    ['emails=fred@post.example', undefined, 'is none under a longer name'],
    ['email=%EMAILADDRESS%', undefined, 'is none where a client forgot to fill in its template'],
    ['email=%25EMAILADDRESS%25', undefined, 'is none where a client forgot to fill in its template and encoded it'],
    ['email=%emailaddress%', undefined, 'is none for a template in lower case'],
    ['email=fred@post.example#email=x', 'fred@post.example', 'ends where a fragment begins'],
  ] as const) {
    test(`${why}: ?${query}`, () => assert.equal(email(query), value));
  }

  test('is none without a query', () => {
    assert.equal(queryParameter('https://atlas.example/email=fred@post.example', 'email'), undefined);
  });

  for (const query of ['email=%', 'email=100%', 'email=%F', 'email=%FF', 'email=%C3%28', 'email=fred@%EMAILDOMAIN%']) {
    test(`with a “%” that encodes nothing is a problem, not a guess: ?${query}`, () => {
      assert.throws(() => email(query), { name: 'HttpProblem', code: 'malformed-query', message: /“email”/ });
    });
  }

  test('gives back any text that a client encodes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(text.isWellFormed() && !/^%25?EMAIL/i.test(text));
        assert.equal(email(`email=${encodeURIComponent(text)}`), text.trim() || undefined);
      }),
      { seed: 1 },
    );
  });

  test('never ends in anything but a value or a problem, whatever the query is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (query) => {
        try {
          email(query);
          email(`email=${query}`);
        } catch (error) {
          assert.ok(error instanceof HttpProblem, String(error));
        }
      }),
      { seed: 1 },
    );
  });
});

describe('Several query parameters', () => {
  test('are an object of those that are there', () => {
    const url = 'https://atlas.example/?q=post&page=&Country=de&other=1';
    assert.deepEqual(queryParameters(url, ['q', 'page', 'country', 'access']), { q: 'post', country: 'de' });
  });
});

describe('A request carries an address', () => {
  for (const [path, carries] of [
    ['/?email=fred@post.example', true],
    ['/?EmailAddress=fred%40post.example', true],
    ['/?emailaddress=%', true],
    ['/?emailaddress=%EMAILADDRESS%', false],
    ['/?emailaddress=', false],
    ['/?domain=post.example', false],
    ['/', false],
  ] as const) {
    test(`${path}: ${carries ? 'yes' : 'no'}`, () =>
      assert.equal(carriesAddress(`https://atlas.example${path}`), carries));
  }

  for (const path of [
    '/v1.1/fred@post.example',
    '/v1.1/fred%40post.example',
    '/api/v1/lookup?domain=fred@post.example',
  ]) {
    test(`${path}: yes, where somebody put it in the wrong place`, {}, () =>
      assert.equal(carriesAddress(`https://atlas.example${path}`), true),
    );
  }
});
