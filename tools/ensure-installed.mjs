// Runs before anything is installed, so it is plain JavaScript without dependencies.
// Installs the npm packages when node_modules is missing or older than the lockfile;
// with --test also the Debian packages (real SPICE servers and browsers) that the test suites drive.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lock = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');

if (!existsSync(installed) || statSync(lock).mtimeMs > statSync(installed).mtimeMs) {
  const env = { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' };
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
    env,
  });
}

if (process.argv.includes('--test')) {
  const result = spawnSync('bash', [join(root, 'tools', 'install-debian-packages.sh')], { stdio: 'inherit' });
  if (result.status !== 0)
    console.log('Debian packages were not installed; suites that need them will be skipped.');
}
