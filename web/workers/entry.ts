import type { WorkerRole } from '../threads/create-worker.ts';
import { startDecodeWorker } from './decode-worker.ts';
import { startDisplayWorker } from './display-worker.ts';
import { startSessionWorker } from './session-worker.ts';
import { workerName } from '../threads/worker-scope.ts';

const roles: Record<WorkerRole, () => void> = {
  'spice-session': startSessionWorker,
  'spice-display': startDisplayWorker,
  'spice-decode': startDecodeWorker,
};

roles[workerName() as WorkerRole]();
