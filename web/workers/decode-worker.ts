import { decodePure } from '@spice-viewer/shared-protocol/codecs/decode-image.ts';
import type { DecodeJob, DecodeResult } from '../display/decode-pool.ts';
import { serve } from '../threads/worker-scope.ts';

/** Decodes images that depend on nothing, for the display worker. */
export function startDecodeWorker(): void {
  serve<DecodeJob, DecodeResult>((post) => ({ job, image }) => {
    const start = performance.now();
    try {
      const decoded = decodePure(image, { target: '32' });
      const milliseconds = performance.now() - start;
      post({ job, decoded, milliseconds }, [decoded.pixels.buffer as ArrayBuffer]);
    } catch (error) {
      post({ job, error: error instanceof Error ? error.message : String(error) });
    }
  });
}
