import { listed, settings, type ClientSettings, type DesktopEffect } from '../api/settings.ts';
import type { ToAgent } from '../threads/agent-messages.ts';

/** What changed settings mean for the guest's agent. @param all as they are now, those that did not change too */
export function agentCommands(changed: Partial<ClientSettings>, all: Partial<ClientSettings>): ToAgent[] {
  const commands: ToAgent[] = [];
  if (changed.primarySelection !== undefined || changed.clipboardLimit !== undefined) {
    const { primarySelection: primary = settings.primarySelection.default } = all;
    const { clipboardLimit: limit = settings.clipboardLimit.default } = all;
    commands.push({ kind: 'clipboardSettings', primary, limit });
  }
  if (changed.disableEffects !== undefined || changed.colorDepth !== undefined) {
    const { disableEffects = settings.disableEffects.default, colorDepth = settings.colorDepth.default } =
      all;
    commands.push({
      kind: 'effects',
      effects: {
        disabled: disabledEffects(disableEffects),
        colorDepth: colorDepth === 0 ? undefined : colorDepth,
      },
    });
  }
  return commands;
}

const effects = ['wallpaper', 'font-smooth', 'animation'] as const satisfies readonly DesktopEffect[];

/** The same names as in virt-viewer's .vv files. */
function disabledEffects(names: string): DesktopEffect[] {
  const given = listed(settings.disableEffects, names);
  return effects.filter((effect) => given.includes(effect) || given.includes('all'));
}
