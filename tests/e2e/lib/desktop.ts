/** Programs on an Xspice desktop that draw something and then stand still. */
import { until } from '../../servers/process.ts';
import type { Xspice } from '../../servers/xspice.ts';

/** Starts a program and gives the id of its first visible window whose title contains `title`. */
export async function openWindow(
  xspice: Xspice,
  title: string,
  command: string,
  ...args: string[]
): Promise<string> {
  const program = xspice.spawn(command, ...args);
  return until(
    `a window called ${title}`,
    async () => {
      const found = await xspice.exec('xdotool', 'search', '--onlyvisible', '--name', title);
      return found.trim().split('\n').at(-1) || undefined;
    },
    { owner: program },
  );
}

/** An xterm that runs a shell script, waits for its end, and stays open. */
export async function xterm(
  xspice: Xspice,
  title: string,
  script: string,
  ...args: string[]
): Promise<string> {
  const marker = `${xspice.dir}/${title}.done`;
  const shell = ['-e', 'sh', '-c', `${script}; touch ${marker}; sleep 10000`];
  const id = await openWindow(xspice, title, 'xterm', '-title', title, ...args, ...shell);
  await until(`the end of ${title}`, () => xspice.exec('test', '-e', marker).then(() => true), {
    timeout: 60_000,
  });
  return id;
}

/** Restores, moves and resizes a window (GTK's demos open as large as the screen), and raises it. */
export async function place(
  xspice: Xspice,
  id: string,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): Promise<void> {
  const sizes = ['windowsize', id, `${width}`, `${height}`, 'windowmove', id, `${x}`, `${y}`];
  await xspice.exec('xdotool', ...sizes, 'windowactivate', id, 'windowraise', id);
}

/** Makes a noisy photograph-like PNG of plasma with ImageMagick and gives its path. */
export async function makePhotograph(
  xspice: Xspice,
  { width, height, seed }: { width: number; height: number; seed: number },
): Promise<string> {
  const file = `${xspice.dir}/photo-${seed}.png`;
  const size = `${width}x${height}`;
  // The plasma is made small and enlarged: the noise on top is what makes it hard to compress.
  const small = `${width >> 2}x${height >> 2}`;
  const plasma = ['-seed', `${seed}`, '-size', small, 'plasma:', '-resize', `${size}!`];
  await xspice.exec('convert', ...plasma, '-attenuate', '0.4', '+noise', 'Gaussian', '-depth', '8', file);
  return file;
}
