import type { Exceptions } from './check-imports.ts';

/** What web/ still has to put in order. This list only ever gets shorter. */
export const WEB_EXCEPTIONS: Exceptions = {
  arrows: [
    'web/client → web/agent',
    'web/client → web/channels',
    'web/element → web/agent',
    'web/element → web/threads',
    'web/element → web/video',
    'web/threads → web/channels',
    'web/workers → web/client',
  ],
  circles: [
    ['web/client/agent-session.ts', 'web/client/clipboard-session.ts'],
    ['web/render/raster.ts', 'web/render/surface.ts'],
    ['web/video/picture-queue.ts', 'web/video/video-stream-host.ts', 'web/video/video-stream.ts'],
  ],
};
