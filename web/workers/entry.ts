import type { WorkerRole } from './create-worker.ts';
import { startDecodeWorker } from './decode-worker.ts';
import { startDisplayWorker } from './display-worker.ts';
import { startSessionWorker } from './session-worker.ts';
import { workerName } from './worker-scope.ts';

const roles: Record<WorkerRole, () => void> = {
  'spice-session': startSessionWorker,
  'spice-display': startDisplayWorker,
  'spice-decode': startDecodeWorker,
};

roles[workerName() as WorkerRole]();
