import type { Exceptions } from './check-imports.ts';

/** What web/ still has to put in order. This list only ever gets shorter. */
export const WEB_EXCEPTIONS: Exceptions = {
  arrows: ['web/element → web/threads'],
  circles: [],
};
