import { nothing } from 'lit';
import type { SpiceViewerElement } from '../api/page-types.ts';
import type { AudioControls } from './audio-controls.ts';
import { pickFiles, type FoundFile } from './dropped-files.ts';
import { toggleFullscreen } from './fullscreen.ts';
import { microphoneButton } from './microphone-controls.ts';
import { toolbar, type ToolbarButton } from './toolbar.ts';
import type { VideoControls } from './video-controls.ts';

export interface ViewerToolbarOptions {
  sendClipboard(): void;
  sendFiles(files: readonly FoundFile[]): void;
  /** the displays that have a window */
  readonly opened: readonly number[];
  /** brings it back from its window */
  closeDisplay(id: number): void;
  /** the on-screen one */
  showKeyboard(): void;
  /** codec and decoder */
  readonly video: VideoControls;
  /** volume and mute */
  readonly sound: AudioControls;
}

/** The toolbar of a viewer that is connected. */
export function viewerToolbar(viewer: SpiceViewerElement, options: ViewerToolbarOptions): unknown {
  const { clipboard, files } = viewer.capabilities;
  const takesIn = viewer.clipboard === 'in' || viewer.clipboard === 'both';
  const pick = (folder: boolean): void => void pickFiles(folder).then((found) => options.sendFiles(found));
  return toolbar(
    [
      {
        label: 'Ctrl+Alt+Del',
        act: () => {
          viewer.sendKeys('ctrl+alt+delete');
          viewer.focus();
        },
      },
      {
        label: viewer.scale === 'fit' ? 'Actual size' : 'Fit',
        act: () => {
          viewer.scale = viewer.scale === 'fit' ? 'real' : 'fit';
        },
      },
      {
        label: 'Send clipboard',
        isHidden: viewer.viewOnly || !clipboard || !takesIn,
        act: () => options.sendClipboard(),
      },
      {
        label: 'Keyboard',
        isHidden: viewer.viewOnly || !matchMedia('(any-pointer: coarse)').matches,
        act: () => options.showKeyboard(),
      },
      { label: 'Send files', isHidden: viewer.viewOnly || !files, act: () => pick(false) },
      { label: 'Send folder', isHidden: viewer.viewOnly || !files, act: () => pick(true) },
      ...displayButtons(viewer, options),
      {
        label: viewer.stats ? 'Hide statistics' : 'Statistics',
        act: () => {
          viewer.stats = !viewer.stats;
        },
      },
      { label: 'Fullscreen', act: () => void toggleFullscreen(viewer).then(() => viewer.focus()) },
      { label: 'Disconnect', act: () => viewer.disconnect() },
    ],
    [options.video.render(), viewer.audio ? options.sound.render() : nothing, microphone(viewer)],
  );
}

/** Whoever only looks says nothing either. */
function microphone(viewer: SpiceViewerElement): unknown {
  if (viewer.viewOnly || !viewer.capabilities['microphone']) return nothing;
  return microphoneButton(viewer.microphoneState, () => {
    viewer.microphone = !viewer.microphone;
  });
}

/** Windows are for guests with several displays. */
function displayButtons(viewer: SpiceViewerElement, options: ViewerToolbarOptions): ToolbarButton[] {
  if (viewer.displays.length < 2) return [];
  return viewer.displays.map(({ id }) => {
    const hasWindow = options.opened.includes(id);
    return {
      label: `Window for display ${id + 1}`,
      isPressed: hasWindow,
      act: () => (hasWindow ? options.closeDisplay(id) : void viewer.openDisplay(id)),
    };
  });
}
