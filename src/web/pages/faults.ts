/** What is wrong with what somebody typed as a domain, in their language. */
import type { NameFault } from '../../name/domain.ts';
import type { InEach } from './language.ts';

export const texts = {
  en: {
    empty: 'Please type the domain of your address: what stands after the @.',
    'too-long': 'That is too long for a domain.',
    'label-too-long': 'A part between two dots is longer than 63 characters.',
    'empty-label': 'There are two dots in a row, or one at the beginning.',
    'bad-character': 'There is a character in it that no domain name may have.',
    'bad-hyphen': 'A part of the name starts or ends with a hyphen.',
    'bad-idn': 'This is no valid name with special characters.',
    'single-label': 'The dot is missing: a mail domain looks like example.com.',
    'ip-address': 'This is the number of a machine, not a mail domain.',
    'no-domain': 'The domain is missing: what stands after the @.',
    'bad-local-part': 'What stands before the @ cannot be part of an address.',
  },
  de: {
    empty: 'Bitte geben Sie die Domain Ihrer Adresse ein: was nach dem @ steht.',
    'too-long': 'Das ist zu lang für eine Domain.',
    'label-too-long': 'Ein Teil zwischen zwei Punkten ist länger als 63 Zeichen.',
    'empty-label': 'Zwei Punkte stehen hintereinander, oder einer steht am Anfang.',
    'bad-character': 'Darin ist ein Zeichen, das in keiner Domain stehen darf.',
    'bad-hyphen': 'Ein Teil des Namens beginnt oder endet mit einem Bindestrich.',
    'bad-idn': 'Das ist kein gültiger Name mit besonderen Zeichen.',
    'single-label': 'Der Punkt fehlt: Eine Maildomain sieht aus wie beispiel.de.',
    'ip-address': 'Das ist die Nummer eines Rechners, keine Maildomain.',
    'no-domain': 'Die Domain fehlt: was nach dem @ steht.',
    'bad-local-part': 'Was vor dem @ steht, kann nicht zu einer Adresse gehören.',
  },
} as const satisfies InEach<Readonly<Record<NameFault, string>>>;
