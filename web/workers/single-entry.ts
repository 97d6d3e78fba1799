import { workerName } from '../threads/worker-scope.ts';
import { startDecodeWorker } from './decode-worker.ts';
import { startDisplayWorker } from './display-worker.ts';
import { startSessionWorker } from './session-worker.ts';

/** All workers in one script (dist/spice-viewer.single.js); each learns from its name which one it is. */
const roles: Readonly<Record<string, () => void>> = {
  'spice-session': startSessionWorker,
  'spice-display': startDisplayWorker,
  'spice-decode': startDecodeWorker,
};

roles[workerName()]?.();
