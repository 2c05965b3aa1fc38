/** `npm run schema`: writes the JSON Schemas of the curated files, which editors use. A test holds them fresh. */
import { join } from 'node:path';
import { writeText } from '../catalog/files.ts';
import { schemaFiles } from '../catalog/schema-files.ts';
import { shippedData } from './options.ts';

for (const [name, text] of Object.entries(schemaFiles())) writeText(join(shippedData, name), text);
