import { startSessionWorker } from './session-worker.ts';

startSessionWorker();
