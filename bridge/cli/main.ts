import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BridgeError } from '../errors/bridge-error.ts';
import { loadConfig } from '../config/load-config.ts';
import type { BridgeConfig } from '../config/options.ts';
import { type Bridge, createBridge } from '../create-bridge.ts';
import { createLogger, type Logger } from '../operation/logger.ts';
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
  const readConfig = (): BridgeConfig => {
    const config = loadConfig({ flags, environment: process.env, configFile });
    return { ...config, appDir: config.appDir ?? builtApp() };
  };
  const config = readConfig();
  const logger = createLogger({ level: config.logLevel, format: config.logFormat });
  const bridge = await createBridge(config, logger);
  stopOnSignals(bridge, logger);
  process.on('SIGHUP', () => void reload(bridge, logger, readConfig));
  console.log(`listening on ${bridge.url}`);
}

/** Reads all options again. What cannot be used changes nothing. */
async function reload(bridge: Bridge, logger: Logger, readConfig: () => BridgeConfig): Promise<void> {
  try {
    const config = readConfig();
    const { needRestart } = await bridge.reload(config);
    logger.level = config.logLevel;
    if (needRestart.length > 0) {
      logger.warn({ event: 'reload', options: needRestart }, 'these options change at the next start only');
    }
    logger.info({ event: 'reload' }, 'configuration read again');
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    logger.error({ event: 'reload', reason: error.message }, 'the old configuration stays in use');
  }
}

/** `dist`: above this file's folder when bundled as dist/bridge/main.js, or in the repository when run from source. */
function builtApp(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const bundled = resolve(here, '..');
  const fromSource = resolve(here, '../../dist');
  return existsSync(resolve(bundled, 'app')) || !existsSync(fromSource) ? bundled : fromSource;
}

/** SIGTERM lets sessions go on for the drain timeout, Ctrl+C tells them at once; a second signal waits for nothing. */
function stopOnSignals(bridge: Bridge, logger: Logger): void {
  let stopping = false;
  const stop = (atOnce?: 'atOnce'): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ event: 'drain', channels: bridge.tunnels }, 'stopping: no new sessions');
    void bridge.close(atOnce).then(() => process.exit(0));
  };
  process.on('SIGTERM', () => stop());
  process.on('SIGINT', () => stop('atOnce'));
}
