/**
 * Rung 5 of the ladder: the best of what a domain publishes itself, as an answer. One finding is taken whole, never mixed
 * from several. What came over plain HTTP is no answer, and no server without encryption is: whoever forges it gets a
 * password.
 */
import type { DraftRecord } from '../formats/draft.ts';
import { sourceKey } from '../formats/draft.ts';
import type { PublishedAnswer, PublishedStep } from '../lookup/ladder.ts';
import type { Domain } from '../name/domain.ts';
import type { AnsweredProvider } from '../provider/model.ts';
import type { Discoveries } from './discovered.ts';
import { type Discovery, type Finding, uncertainCodes } from './model.ts';

export function publishedAnswer(discovery: Discovery): PublishedAnswer {
  const usable = discovery.findings
    .filter(({ trust }) => trust.level !== 'insecure')
    .map((finding) => ({ finding, provider: providerOf(finding, discovery.domain) }))
    .filter(
      ({ provider }) => provider.incoming.length + provider.outgoing.length + (provider.services?.length ?? 0) > 0,
    );
  // Whoever sets up an account needs both ways.
  const best = usable.find(({ provider }) => provider.incoming.length > 0 && provider.outgoing.length > 0) ?? usable[0];
  if (best) {
    const { mechanism, where, trust } = best.finding;
    const { level, certified } = trust;
    return { kind: 'found', provider: best.provider, publication: { mechanism, where, trust: level, certified } };
  }
  const isUnsure = discovery.attempts.some(({ code }) => uncertainCodes.has(code));
  return isUnsure ? { kind: 'failed', why: 'unanswered' } : { kind: 'nothing' };
}

function providerOf({ record, trust, mechanism }: Finding, domain: Domain): AnsweredProvider {
  const { name = domain, short, services, oauth2, setup, documentation, webmail } = record;
  const encrypted = <S extends { readonly security: string }>(servers: readonly S[]) =>
    servers.filter(({ security }) => security !== 'none');
  const secure = services?.filter(({ security }) => security !== 'none');
  return {
    id: domain,
    name: oneLine(name, 60),
    short: oneLine(short ?? name, 20),
    access: 'open',
    domains: [domain],
    incoming: encrypted(record.incoming),
    outgoing: encrypted(record.outgoing),
    ...(secure && secure.length > 0 && { services: secure }),
    // A forged sign-in page is worse than a forged server.
    ...(oauth2 && trust.level === 'tls' && { oauth2 }),
    ...(setup && { setup }),
    ...(documentation && { documentation }),
    ...(webmail !== undefined && { webmail }),
    sources: { [sourceKey]: sourceOf(record, mechanism) },
  };
}

/** A stranger's name for itself: without characters that a terminal or a page would obey. */
function oneLine(text: string, most: number): string {
  const safe = text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').slice(0, most);
  return safe.replace(/[\uD800-\uDBFF]$/, '').trim();
}

function sourceOf({ sources }: DraftRecord, mechanism: string) {
  return { says: `published by the domain itself (${mechanism})`, ...sources[sourceKey] };
}

/** The step of the ladder, over what is asked and remembered for everybody. */
export function publishedStep(discovered: Discoveries): PublishedStep {
  return async (domain, asker) => {
    const discovery = await discovered(domain, asker);
    return discovery ? publishedAnswer(discovery) : { kind: 'failed', why: 'budget' };
  };
}
