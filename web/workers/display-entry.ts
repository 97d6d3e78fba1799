import { startDisplayWorker } from './display-worker.ts';

startDisplayWorker();
