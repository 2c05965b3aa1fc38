/**
 * Loads drizzle-orm in its CommonJS form: as ES modules its 131 files take a third of a second to find, because Node reads
 * the package's 178 kB package.json again for each. Imported by main.ts before any command is.
 */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('drizzle-orm')) return next(specifier, context);
    return next(specifier, { ...context, conditions: ['node', 'require'] });
  },
});
