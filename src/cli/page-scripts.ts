/**
 * `npm run scripts`: bundles what pages run in browsers (web/pages/browser/) into web/pages/scripts.ts, so that no server has
 * to. A test holds it fresh.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeText } from '../catalog/files.ts';

const pages = new URL('../web/pages/', import.meta.url);
/** Each file is the script of a page; with what others wrote in it, whose licence wants to be named. */
const scripts = {
  home: '/*! QR codes: uqr, MIT, © Project Nayuki, © 2023 Anthony Fu */',
  search: '',
  submit: '',
} as const;

export const scriptsFile = fileURLToPath(new URL('scripts.ts', pages));

/** What {@link scriptsFile} must be. */
export async function pageScripts(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(scripts).map(
      async ([name, licence]) => `  ${name}: ${JSON.stringify(await bundled(name, licence))},`,
    ),
  );
  return `// Made from browser/ by "npm run scripts"; never edited.\nexport const scripts = {\n${lines.join('\n')}\n} as const;\n`;
}

async function bundled(name: string, licence: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`browser/${name}.ts`, pages))],
    bundle: true,
    charset: 'utf8',
    format: 'esm',
    banner: { js: licence },
    minify: true,
    outdir: '/',
    target: 'es2022',
    tsconfigRaw: {},
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

if (import.meta.main) writeText(scriptsFile, await pageScripts());
