import { Bitmap } from './bitmap.ts';
import { applyCommand, type DrawCommand } from './draw-command.ts';
import { intersect, type Region } from './region.ts';

/** The guest's framebuffer. Whatever is drawn here is also told to every listener, in order. */
export class Screen {
  readonly bitmap: Bitmap;
  readonly #listeners = new Set<(command: DrawCommand) => void>();

  constructor(width: number, height: number) {
    this.bitmap = new Bitmap(width, height);
  }

  draw(command: DrawCommand): void {
    const clip: Region = intersect(command.clip ?? [command.box], [this.bitmap.bounds]);
    if (clip.length === 0) return;
    applyCommand(this.bitmap, { ...command, clip });
    for (const listener of this.#listeners) listener({ ...command, clip });
  }

  /** @returns how to stop listening */
  listen(listener: (command: DrawCommand) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
