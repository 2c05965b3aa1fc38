/**
 * Apple's configuration profiles over HTTP: of a provider by GET, without personal data and for everybody to keep; of one
 * address by POST only, because whatever stands in a URL ends in logs and histories.
 *
 * A profile for an address comes from the curated rungs of the ladder alone: it cannot say that an answer rests on DNS. For
 * a domain hosted elsewhere there is the profile of that provider, which asks for the address on the device.
 */
import type { Context } from 'hono';
import { renderSVG } from 'uqr';
import type * as z from 'zod';
import { type ProfileRequest, renderProfile } from '../formats/mobileconfig/render.ts';
import { sayRefusal } from '../formats/mobileconfig/says.ts';
import type { ProfileSigner } from '../formats/mobileconfig/sign.ts';
import { profileType } from '../formats/mobileconfig/vocabulary.ts';
import { parseAddress } from '../name/address.ts';
import type { Domain } from '../name/domain.ts';
import { currentOf } from '../provider/current.ts';
import type { AnsweredProvider, Provider } from '../provider/model.ts';
import type { Language } from '../provider/phrases.ts';
import { byId } from './by-id.ts';
import { LanguageQuery, ProfileForm } from './contract/contract.ts';
import { find, loginOf, ownUrl, sourceOf } from './find.ts';
import { bodyText, mediaTypeOf, sayIssues } from './http/body.ts';
import { HttpProblem } from './http/errors.ts';
import { parseQuery } from './http/parse-query.ts';
import { type Document, documentOf, mayCarryAddress, send, sendMoved } from './http/respond.ts';
import type { Deps, Served } from './served/served.ts';

/** `GET /api/v1/providers/{id}/mail.mobileconfig`, in the language of `lang`. */
export function providerProfileRoute(deps: Deps) {
  const kept = keeper(deps);
  return async (c: Context): Promise<Response> => {
    const found = await byId(deps, c);
    if ('renamed' in found) return sendMoved(c, profilePath(found.renamed));
    const { provider, served } = found;
    if (!c.req.url.includes('?')) return sendProfile(c, provider, kept(served, provider, 'en'), 'public');
    const { lang = 'en' } = parseQuery(LanguageQuery, c);
    return sendProfile(c, provider, kept(served, provider, lang), 'private');
  };
}

/** `GET /api/v1/providers/{id}/mail.mobileconfig/qr.svg`: what a phone's camera opens the profile by. */
export function profileQrRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    const found = await byId(deps, c);
    if ('renamed' in found) return sendMoved(c, `${profilePath(found.renamed)}/qr.svg`);
    const url = ownUrl(deps);
    // A code that leads to a refusal helps nobody.
    render(generic(found.served, found.provider, 'en'));
    const svg = renderSVG(`${url}${profilePath(found.provider.id)}`, { border: 4 });
    return send(c, documentOf(svg, 'image/svg+xml'), 'public');
  };
}

/** `POST /mail.mobileconfig` with `email`, and perhaps `name` and `lang`, as a form or as JSON. */
export function addressProfileRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    mayCarryAddress(c);
    const source = sourceOf(deps);
    const { email, name, lang: language = 'en' } = await readForm(c);
    const { local, domain } = parseAddress(email);
    if (local === undefined) throw new HttpProblem('malformed-request', '“email” is a domain, not an address.');
    const { answer, served } = await find(deps, c, source, [domain]);
    const text = render({
      answer,
      knowledge: served.knowledge,
      language,
      local,
      name,
      login: loginOf(deps, { local, domain }),
    });
    return sendProfile(c, answer.provider, profileDocument(deps, text), 'no-store');
  };
}

function profilePath(id: string): string {
  return `/api/v1/providers/${id}/mail.mobileconfig`;
}

function sendProfile(
  c: Context,
  { id }: Pick<AnsweredProvider, 'id'>,
  document: Document,
  caching: Parameters<typeof send>[2],
): Response {
  return send(c, document, caching, { 'Content-Disposition': `attachment; filename="${id}.mobileconfig"` });
}

function profileDocument({ signer }: Deps, text: string): Document {
  return documentOf(signer ? signer()(text) : text, profileType);
}

/**
 * A provider's profile is made and signed once for all who ask. An EC signature is another one each time, and with it the
 * ETag would be.
 */
function keeper(deps: Deps): (served: Served, provider: Provider, language: Language) => Document {
  const all = new WeakMap<
    Served,
    Map<string, { readonly document: Document; readonly by: ProfileSigner | undefined }>
  >();
  return (served, provider, language) => {
    const kept = all.get(served) ?? new Map();
    all.set(served, kept);
    const key = `${language} ${provider.id}`;
    const by = deps.signer?.();
    const found = kept.get(key);
    if (found && found.by === by) return found.document;
    const document = profileDocument(deps, render(generic(served, provider, language)));
    kept.set(key, { document, by });
    return document;
  };
}

/** For everybody: a host that differs from customer to customer stays unknown, as with the name of MX hosts. */
function generic({ knowledge }: Served, provider: Provider, language: Language): ProfileRequest {
  return { answer: { domain: provider.id as Domain, provider, matchedBy: 'mx-name' }, knowledge, language };
}

/** @throws {HttpProblem} with a sentence in both languages where there is no profile */
function render(request: ProfileRequest): string {
  const result = renderProfile(request);
  if ('profile' in result) return result.profile;
  const { refusal: reason } = result;
  const { answer, knowledge, language } = request;
  const { name, id } = answer.provider;
  const { withheld } = currentOf(answer.provider, knowledge);
  throw new HttpProblem('no-profile', sayRefusal(reason, name, language), {
    provider: id,
    reason,
    text: { en: sayRefusal(reason, name, 'en'), de: sayRefusal(reason, name, 'de') },
    ...(withheld.length > 0 && { withheld }),
  });
}

/** @throws {HttpProblem} that names every field that is wrong, and repeats none of them */
async function readForm(c: Context): Promise<z.infer<typeof ProfileForm>> {
  const text = await bodyText(c);
  if (text === undefined) throw new HttpProblem('malformed-request', 'The body is not in UTF-8.');
  const result = ProfileForm.safeParse(fields(mediaTypeOf(c), text));
  if (result.success) return result.data;
  throw new HttpProblem('malformed-request', `The body is wrong: ${sayIssues(result.error)}.`);
}

function fields(type: string, text: string): unknown {
  if (type === 'application/x-www-form-urlencoded') {
    // A page leaves fields empty that nobody filled in.
    return Object.fromEntries([...new URLSearchParams(text)].filter(([, value]) => value.trim() !== ''));
  }
  if (type !== 'application/json') {
    const detail = 'Send a form (application/x-www-form-urlencoded) or JSON (application/json).';
    throw new HttpProblem('unsupported-type', detail);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpProblem('malformed-request', 'The body is not JSON.');
  }
}
