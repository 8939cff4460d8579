// Two programs, each in one file: the extension, with all but `vscode` itself in it, and the panel's page.
import { build } from 'esbuild';

const production = process.argv.includes('--production');
const shared = { bundle: true, minify: production, sourcemap: !production, legalComments: 'none', logLevel: 'warning' };

await build({
  ...shared,
  entryPoints: ['src/extension.ts'],
  outfile: 'out/extension.cjs',
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  mainFields: ['module', 'main'],
});

await build({
  ...shared,
  entryPoints: { panel: 'webview/main.ts', 'panel-style': 'webview/panel.css' },
  outdir: 'out',
  platform: 'browser',
  target: 'chrome122',
  format: 'iife',
  loader: { '.ttf': 'file' },
  assetNames: '[name]',
});
