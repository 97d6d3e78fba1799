/** Builds the guest's image before the first test, where that is possible. */
import { isCi } from '../servers/programs.ts';
import { ensureImage, whyNoVm } from './lib/image.ts';

export default async function setUp(): Promise<void> {
  const missing = whyNoVm();
  if (missing !== undefined) {
    // The tests fail or are skipped with the same words (`needsVm`).
    console.log(`The Debian guest ${missing}`);
    return;
  }
  try {
    await ensureImage();
  } catch (error) {
    if (isCi) throw error;
    // Without a mirror in reach, for instance: the tests are skipped with these words.
    const reason = error instanceof Error ? error.message : String(error);
    console.log(reason);
    process.env['SPICE_VIEWER_NO_VM'] = reason.split('\n')[0];
  }
}
