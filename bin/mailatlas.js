#!/usr/bin/env node
// Plain JavaScript that any Node can read: on a Node that is too old, better-sqlite3 would crash without a word.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(`mailatlas: this is Node ${process.versions.node}; mailatlas needs Node 24 or newer\n`);
  process.stderr.write('  hint: npx -p node@24 -p mailatlas mailatlas …\n');
  process.exitCode = 3;
} else {
  import('../dist/cli/main.js').then(async ({ main }) => {
    process.exitCode = await main(process.argv.slice(2));
  });
}
