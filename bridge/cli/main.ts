import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BridgeError } from '../config/bridge-error.ts';
import { loadConfig } from '../config/load-config.ts';
import { createBridge } from '../http/create-bridge.ts';
import packageInfo from '../package.json' with { type: 'json' };
import { helpText, readArguments } from './arguments.ts';

/** Exit code for command lines, configurations and targets that are wrong. */
const BAD_USAGE = 2;

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BridgeError)) throw error;
  console.error(error.message);
  process.exitCode = error.code === 'listen-failed' ? 1 : BAD_USAGE;
}

async function main(args: readonly string[]): Promise<void> {
  const flags = readArguments(args);
  if (flags.help === true) {
    process.stdout.write(helpText());
    return;
  }
  if (flags.version === true) {
    console.log(packageInfo.version);
    return;
  }
  const configFile = flags.config as string | undefined;
  const config = loadConfig({ flags, environment: process.env, configFile });
  const bridge = await createBridge({ ...config, appDir: config.appDir ?? builtApp() });
  stopOnSignals(() => bridge.close());
  console.log(`listening on ${bridge.url}`);
}

/** `dist`: above this file's folder when bundled as dist/bridge/main.js, or in the repository when run from source. */
function builtApp(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const bundled = resolve(here, '..');
  const fromSource = resolve(here, '../../dist');
  return existsSync(resolve(bundled, 'app')) || !existsSync(fromSource) ? bundled : fromSource;
}

/** The first signal stops gently, the second at once. */
function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    void stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
