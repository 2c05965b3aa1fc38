/** `node src/cli/compile.ts FILE`: writes the compiled atlas of the shipped data, for the published package. */
import process from 'node:process';
import { encodeAtlas } from '../atlas/codec.ts';
import { readDataDir, writeText } from '../catalog/files.ts';
import { compileFiles } from './local-atlas.ts';
import { shippedData } from './options.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node src/cli/compile.ts FILE');
const files = readDataDir(shippedData);
writeText(file, encodeAtlas(await compileFiles(files), files.digest));
