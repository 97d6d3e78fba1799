/** The end-to-end fixtures, and the Debian guest as one more. */
import { test as base, expect } from '../../e2e/lib/fixtures.ts';
import { isCi } from '../../servers/programs.ts';
import { startVm, type Vm, type VmOptions } from '../../servers/vm.ts';
import { whyNoVm } from './image.ts';
import { imageDirectory } from './recipe.ts';

interface VmFixtures {
  vm: (options?: VmOptions) => Promise<Vm>;
}

export const test = base.extend<VmFixtures>({
  vm: async ({ owned }, use) => use(async (options) => owned(await startVm(imageDirectory(), options))),
});

export { expect };

/** Says, once per file, why there is no guest. Without one it is skipped; where CI=true it fails. */
export function needsVm(): void {
  const reason = process.env['SPICE_VIEWER_NO_VM'] ?? whyNoVm();
  if (reason === undefined) return;
  if (isCi) {
    test.beforeEach(() => {
      throw new Error(reason);
    });
  } else {
    test.skip(true, reason);
  }
}
