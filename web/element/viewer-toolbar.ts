import { pickFiles, type FoundFile } from './dropped-files.ts';
import { toggleFullscreen } from './fullscreen.ts';
import type { SpiceViewerElement } from '../api/public-types.ts';
import { toolbar, type ToolbarButton } from './toolbar.ts';

export interface ViewerToolbarOptions {
  sendClipboard(): void;
  sendFiles(files: readonly FoundFile[]): void;
  readonly displays: readonly { readonly id: number; readonly hasWindow: boolean }[];
  /** brings it back from its window */
  closeDisplay(id: number): void;
  /** the on-screen one */
  showKeyboard(): void;
  /** codec and decoder */
  readonly video: unknown;
  /** volume and mute */
  readonly sound: unknown;
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
    [options.video, options.sound],
  );
}

/** Windows are for guests with several displays. */
function displayButtons(viewer: SpiceViewerElement, options: ViewerToolbarOptions): ToolbarButton[] {
  return options.displays.length < 2
    ? []
    : options.displays.map(({ id, hasWindow }) => ({
        label: `Window for display ${id + 1}`,
        isPressed: hasWindow,
        act: () => (hasWindow ? options.closeDisplay(id) : void viewer.openDisplay(id)),
      }));
}
