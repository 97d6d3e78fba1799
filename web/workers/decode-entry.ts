import { startDecodeWorker } from './decode-worker.ts';

startDecodeWorker();
