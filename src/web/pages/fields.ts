/** Fields of a form whose names are JSON pointers into what it is filled with: label, hint, control, and what is wrong. */
import { html, raw } from 'hono/html';
import type { Language } from '../../provider/phrases.ts';
import type { Mistake } from '../../submit/draft/mistake.ts';
import type { Html } from './frame.ts';

/** The value that stands at a JSON pointer, as text. */
function valueAt(filled: object, pointer: string): string {
  const value = pointer
    .slice(1)
    .split('/')
    .reduce<unknown>(
      (inner, step) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, step) : undefined),
      filled,
    );
  if (Array.isArray(value)) return value.join(pointer.endsWith('/auth') ? ',' : '\n');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Fields that know their value and what is wrong with it. */
export function fields(filled: object, mistakes: readonly Mistake[], language: Language) {
  /** A mistake in a field, or in something inside of it that has no field of its own. */
  const wrong = (pointer: string) =>
    mistakes.filter(({ at }) => at === pointer || (at.startsWith(`${pointer}/`) && /\/(domains|auth)$/.test(pointer)));
  const around = (
    pointer: string,
    label: string,
    hint: string | undefined,
    control: (described: Html) => Html,
  ): Html => {
    const faults = wrong(pointer);
    const ids = [...(hint === undefined ? [] : [`${pointer}-hint`]), `${pointer}-fault`].join(' ');
    const described = html` id="${pointer}" name="${pointer}" aria-describedby="${ids}"${faults.length > 0 ? raw(' aria-invalid="true"') : ''}`;
    return html`<div class="one"><label for="${pointer}">${label}</label>
${control(described)}
${hint === undefined ? '' : html`<p class="hint" id="${pointer}-hint">${hint}</p>`}<p class="fault" id="${pointer}-fault">${faults.map(({ says }) => says[language]).join(' ')}</p></div>`;
  };
  return {
    input(
      pointer: string,
      label: string,
      {
        type = 'text',
        hint,
        short = false,
        required = false,
      }: { type?: string; hint?: string; short?: boolean; required?: boolean } = {},
    ): Html {
      return around(
        pointer,
        label,
        hint,
        (described) =>
          html`<input type="${type}"${described} value="${valueAt(filled, pointer)}"${short ? raw(' class="short"') : ''}${required ? raw(' aria-required="true"') : ''} spellcheck="false">`,
      );
    },
    area(pointer: string, label: string, hint: string): Html {
      return around(
        pointer,
        label,
        hint,
        (described) => html`<textarea${described} rows="4">${valueAt(filled, pointer)}</textarea>`,
      );
    },
    /** What is there and is none of the choices stays one. */
    select(pointer: string, label: string, choices: readonly (readonly [string, string])[]): Html {
      const value = valueAt(filled, pointer);
      const all =
        value === '' || choices.some(([one]) => one === value) ? choices : [[value, value] as const, ...choices];
      return around(
        pointer,
        label,
        undefined,
        (described) =>
          html`<select${described}>${all.map(([one, says]) => html`<option value="${one}"${one === value ? raw(' selected') : ''}>${says}</option>`)}</select>`,
      );
    },
  };
}

export type Fields = ReturnType<typeof fields>;
