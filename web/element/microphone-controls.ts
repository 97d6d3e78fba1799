import { css, html, nothing } from 'lit';
import type { MicrophoneState } from '../api/public-types.ts';

export const microphoneControlsStyles = css`
  .microphone[aria-pressed='true'] {
    box-shadow: inset 0 -2px 0 var(--_accent);
  }
  .microphone-live {
    position: absolute;
    bottom: 0.8rem;
    right: 0.8rem;
    z-index: 3;
    display: flex;
    gap: 0.45rem;
    align-items: center;
    padding: 0.3rem 0.7rem;
    border-radius: 0.4rem;
    background: var(--_toolbar-bg);
    color: var(--_toolbar-fg);
    font-size: 13px;
    pointer-events: none;
  }
  .microphone-live::before {
    width: 0.6rem;
    height: 0.6rem;
    border-radius: 50%;
    background: #ff4d4d;
    content: '';
  }
`;

const labels: Record<MicrophoneState, string> = {
  off: 'Microphone',
  asking: 'Microphone: allow it in the browser',
  ready: 'Microphone on',
  live: 'Microphone live',
  denied: 'Microphone refused',
};

/** The toolbar's button: whether the guest may record, and what became of it. */
export function microphoneButton(state: MicrophoneState, toggle: () => void): unknown {
  const isOn = state !== 'off' && state !== 'denied';
  return html`<button
    part="button"
    class="microphone"
    type="button"
    aria-pressed=${isOn}
    data-state=${state}
    @click=${() => toggle()}
  >
    ${labels[state]}
  </button>`;
}

/** Over the picture for as long as the guest hears the microphone, toolbar or not. */
export function microphoneIndicator(state: MicrophoneState): unknown {
  return state === 'live'
    ? html`<div class="microphone-live" part="status" role="status">The guest hears your microphone</div>`
    : nothing;
}
