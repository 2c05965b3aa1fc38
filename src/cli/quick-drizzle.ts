import { registerHooks } from 'node:module';

/**
 * Has drizzle-orm loaded in its CommonJS form from now on: as ES modules its 131 files take a third of a second to find,
 * because Node reads the package's 178 kB package.json again for each. To be called before a command is imported.
 */
export function loadDrizzleQuickly(): void {
  registerHooks({
    resolve(specifier, context, next) {
      if (!specifier.startsWith('drizzle-orm')) return next(specifier, context);
      return next(specifier, { ...context, conditions: ['node', 'require'] });
    },
  });
}
