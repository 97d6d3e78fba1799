import { html, nothing, type TemplateResult } from 'lit';

export interface ToolbarButton {
  readonly label: string;
  readonly isHidden?: boolean;
  /** for buttons that switch something on and off */
  readonly isPressed?: boolean;
  act(): void;
}

/**
 * The bar that comes down when the pointer is at the grip in the middle of the upper edge.
 * @param more what is no button
 */
export function toolbar(buttons: readonly ToolbarButton[], more: unknown): TemplateResult {
  return html`
    <div class="bar">
      <div class="grip" tabindex="0" aria-label="Toolbar"></div>
      <div class="toolbar" part="toolbar" role="toolbar" aria-label="Remote desktop">
        <slot name="toolbar-start"></slot>
        ${buttons.map(({ label, isHidden, isPressed, act }) =>
          isHidden === true
            ? nothing
            : html`<button
                part="button"
                type="button"
                aria-pressed=${isPressed === undefined ? nothing : String(isPressed)}
                @click=${() => act()}
              >
                ${label}
              </button>`,
        )}
        ${more}
        <slot name="toolbar-end"></slot>
      </div>
    </div>
  `;
}
