/** The QR code for Thunderbird for Android: made here, because the address is in it. */
import { renderSVG } from 'uqr';
import { type AccountCode, filledCode } from '../../../formats/thunderbird-code.ts';
import type { Domain } from '../../../name/domain.ts';
import { made, one } from './dom.ts';

/** @param phone the part of the page that has the account, and a place for the code */
export function showCode(phone: HTMLElement, person: { local: string; domain: Domain }, name: string): void {
  const place = one('.code', phone);
  const text = filledCode(JSON.parse(phone.dataset['account'] ?? '') as AccountCode, { ...person, name });
  if (text === undefined) return place?.replaceChildren(made('p', phone.dataset['ascii']));
  const { documentElement: picture } = new DOMParser().parseFromString(renderSVG(text, { border: 4 }), 'image/svg+xml');
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', phone.dataset['name'] ?? '');
  place?.replaceChildren(picture);
}
