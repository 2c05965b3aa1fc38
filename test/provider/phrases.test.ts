import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SetupStep } from '../../src/provider/model.ts';
import { inLanguage, type Language, stepText } from '../../src/provider/phrases.ts';
import { setupKinds } from '../../src/provider/schema.ts';

const languages: Language[] = ['en', 'de'];

function step(facts: Partial<SetupStep>): SetupStep {
  return { kind: 'app-password', when: 'always', sources: ['help'], ...facts };
}

describe('what a person must do first', () => {
  test('is one whole sentence for every kind, in both languages', () => {
    for (const kind of setupKinds.filter((each) => each !== 'note')) {
      for (const language of languages) {
        const text = stepText(step({ kind }), language);
        assert.match(text, /^\p{Lu}.*\.$/u, `${kind} in ${language}`);
        assert.doesNotMatch(text, /undefined|\(\)|\s\s|\s[.,;]/, `${kind} in ${language}`);
      }
      assert.notEqual(stepText(step({ kind }), 'en'), stepText(step({ kind }), 'de'), kind);
    }
  });

  test('names what the provider calls it, in the quotation marks of the language', () => {
    const term = { en: 'App passwords', de: 'App-Passwörter' };
    assert.equal(
      stepText(step({ term }), 'en'),
      'Create a password for mail programs (“App passwords”) and enter it instead of your usual one.',
    );
    assert.equal(
      stepText(step({ term }), 'de'),
      'Legen Sie ein Passwort für Mailprogramme an („App-Passwörter“) und geben Sie es statt des gewohnten ein.',
    );
  });

  test('names the term in every kind that has a sentence', () => {
    for (const kind of setupKinds.filter((each) => each !== 'note')) {
      for (const language of languages)
        assert.match(stepText(step({ kind, term: { en: 'Menu' } }), language), /\([“„]Menu[”“]\)/, kind);
    }
  });

  test('names the protocols that need it, where not all do', () => {
    const facts = step({ kind: 'enable-access', protocols: ['imap', 'pop3'] });
    assert.match(stepText(facts, 'en'), /for mail programs \(IMAP and POP3\) in your account/);
    assert.match(stepText(facts, 'de'), /für Mailprogramme \(IMAP und POP3\) frei/);
    assert.match(stepText(step({ kind: 'paid-plan', protocols: ['caldav'] }), 'en'), /\(caldav\)/);
  });

  test('says when it concerns only accounts with two-factor sign-in', () => {
    assert.match(stepText(step({ when: 'with-2fa' }), 'en'), /^If you use two-factor sign-in: Create/);
    assert.match(stepText(step({ when: 'with-2fa' }), 'de'), /^Wenn Sie die Anmeldung in zwei Schritten nutzen: Legen/);
  });

  test('says when it concerns only programs that cannot sign in with OAuth2', () => {
    assert.match(stepText(step({ when: 'without-oauth2' }), 'en'), /^If your mail program .+ \(OAuth2\): Create/);
    assert.match(stepText(step({ when: 'without-oauth2' }), 'de'), /^Wenn Ihr Mailprogramm .+ \(OAuth2\): Legen/);
  });

  test('ends with what the record adds', () => {
    const text = { en: 'It takes an hour to work.', de: 'Es dauert eine Stunde, bis es wirkt.' };
    assert.match(stepText(step({ text }), 'en'), /usual one\. It takes an hour to work\.$/);
    assert.match(stepText(step({ text }), 'de'), /ein\. Es dauert eine Stunde, bis es wirkt\.$/);
  });

  test('is the record’s own text alone for a note', () => {
    const note = step({ kind: 'note', text: { en: 'Only in the EU.', de: 'Nur in der EU.' }, term: { en: 'x' } });
    assert.equal(stepText(note, 'en'), 'Only in the EU.');
    assert.equal(stepText(note, 'de'), 'Nur in der EU.');
  });

  test('keeps the condition of a note as well', () => {
    const note = step({ kind: 'note', when: 'with-2fa', text: { en: 'Ask the help desk.' } });
    assert.equal(stepText(note, 'en'), 'If you use two-factor sign-in: Ask the help desk.');
  });
});

describe('a text in several languages', () => {
  test('is given in the language asked for, else in English, else in what there is', () => {
    const texts = { fr: 'bonjour', en: 'hello', de: 'hallo' };
    assert.equal(inLanguage(texts, 'de'), 'hallo');
    assert.equal(inLanguage(texts, 'pl'), 'hello');
    assert.equal(inLanguage({ fr: 'bonjour' }, 'de'), 'bonjour');
  });

  test('is undefined where there is none', () => {
    assert.equal(inLanguage({}, 'de'), undefined);
    assert.equal(inLanguage(undefined, 'de'), undefined);
  });
});
