/** `tsx tests/vm/build-image.ts`, under the lock that `ensureImage` takes. */
import { buildImage } from './lib/image.ts';

await buildImage();
