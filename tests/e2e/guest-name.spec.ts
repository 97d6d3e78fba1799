import { expect, needs, test } from './lib/fixtures.ts';

needs('chromium', 'qemu', 'xspice');

const UUID = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const NAME = '<img src=x onerror=alert(1)> Büro 世界';

test('the guest’s name, as text, is the page’s title; name and UUID are properties', async ({
  qemu,
  connect,
  page,
}) => {
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const { port } = await qemu({ args: ['-name', `guest=${NAME}`, '-uuid', UUID] });
  const viewer = await connect(port);
  await expect.poll(() => viewer.evaluate((element) => element.guestName)).toBe(NAME);
  await expect.poll(() => viewer.evaluate((element) => element.guestUuid)).toBe(UUID);
  await expect(page).toHaveTitle(`${NAME} – spice-viewer`);
  await viewer.evaluate((element) => element.disconnect());
  await expect(page).toHaveTitle('spice-viewer');
  expect(dialogs).toEqual([]);
});

test('mouse modes are asked for, and stay as asked', async ({ xspice, connect }) => {
  const { port } = await xspice({ agent: true });
  const viewer = await connect(port);
  const mode = (): Promise<string> => viewer.evaluate((element) => element.mouseMode);
  await expect.poll(mode).toBe('client');
  await viewer.evaluate((element) => element.requestMouseMode('server'));
  await expect.poll(mode).toBe('server');
  await viewer.evaluate((element) => element.requestMouseMode('client'));
  await expect.poll(mode).toBe('client');
});
