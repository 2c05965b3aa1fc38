/** The curated files: whether they are good, and whether the database was loaded from them. */
import { parseCatalog } from '../../catalog/catalog.ts';
import { DataError, readDataDir } from '../../catalog/files.ts';
import { type Audience, lint } from '../../catalog/lint.ts';
import { sayProblem } from '../../catalog/problem.ts';
import type { Health } from '../../store/file/health-node.ts';
import { type Finding, fault, fine, warning } from './finding.ts';

export interface DataFindings {
  readonly findings: readonly Finding[];
  /** The newest day on which a curator has read a source, YYYY-MM-DD. */
  readonly newest: string | undefined;
}

export function examineData(dir: string, audience: Audience, health: Health | undefined, now: Date): DataFindings {
  try {
    const files = readDataDir(dir);
    const catalog = parseCatalog(files);
    const problems = lint(catalog, now.toISOString().slice(0, 10), audience);
    const errors = problems.filter(({ level }) => level === 'error');
    const [first] = errors;
    const findings = [
      first === undefined
        ? fine('data', `${files.providers.length} records in ${dir}, without an error`)
        : fault(
            'data',
            `${dir} has ${errors.length === 1 ? 'an error' : `${errors.length} errors`} and will not be loaded: ${sayProblem(first)}`,
            'mailatlas lint says them all; until they are mended, what was loaded before is served',
          ),
    ];
    if (health && health.loaded !== files.digest && first === undefined)
      findings.push(
        warning(
          'loaded',
          health.loaded === undefined ? 'nothing was loaded yet' : 'the database was loaded from other data than these',
          'serve loads them when it starts or gets a SIGHUP, and mailatlas load at once',
        ),
      );
    else if (health && first === undefined) findings.push(fine('loaded', 'the database was loaded from these data'));
    // Not what the catalogue says: of a broken one there is no more than the text.
    const days = files.providers.flatMap(({ text }) => [...text.matchAll(/^ +seen: (\d{4}-\d\d-\d\d)$/gm)]);
    return {
      findings,
      newest: days
        .map(([, day]) => day ?? '')
        .sort()
        .at(-1),
    };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { findings: [fault('data', error.message, error.tip)], newest: undefined };
  }
}
