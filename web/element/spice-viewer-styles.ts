import { css } from 'lit';

export const spiceViewerStyles = css`
  :host {
    --_background: var(--spice-background, #101418);
    --_accent: var(--spice-accent, #4f9dde);
    --_toolbar-bg: var(--spice-toolbar-bg, rgb(24 30 36 / 92%));
    --_toolbar-fg: var(--spice-toolbar-fg, #e8edf2);
    --_focus-ring: var(--spice-focus-ring, #7cc0ff);
    display: block;
    position: relative;
    overflow: hidden;
    background: var(--_background);
    color: var(--_toolbar-fg);
    font:
      14px/1.45 system-ui,
      sans-serif;
    min-width: 8rem;
    min-height: 6rem;
  }
  :host([hidden]) {
    display: none;
  }
  .viewport {
    position: absolute;
    inset: 0;
    display: flex;
    overflow: hidden;
    outline: none;
    touch-action: none;
    user-select: none;
    -webkit-user-select: none;
  }
  .viewport.real:not(.clip) {
    overflow: auto;
  }
  .viewport:focus-within:not(.pointed) {
    box-shadow: inset 0 0 0 2px var(--_focus-ring);
  }
  .typing {
    position: absolute;
    top: 0;
    left: 0;
    width: 1px;
    height: 1em;
    padding: 0;
    border: 0;
    outline: none;
    opacity: 0;
    /* smaller text makes iOS zoom in */
    font-size: 16px;
    resize: none;
    overflow: hidden;
    pointer-events: none;
    user-select: text;
    -webkit-user-select: text;
  }
  .screens {
    position: relative;
    margin: auto;
    flex: none;
  }
  .screens canvas {
    position: absolute;
    display: block;
  }
  .screens canvas.sharp {
    image-rendering: pixelated;
  }
  .note {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 0.6rem;
    margin: 0;
    pointer-events: none;
  }
  .note button {
    pointer-events: auto;
  }
  .cursor canvas {
    position: absolute;
    pointer-events: none;
  }
  .cursor .inverting {
    mix-blend-mode: difference;
  }
  [hidden] {
    display: none !important;
  }
  .bar {
    position: absolute;
    top: 0;
    left: 50%;
    z-index: 2;
    display: flex;
    flex-direction: column;
    align-items: center;
    pointer-events: none;
    transform: translateX(-50%);
  }
  .toolbar {
    display: flex;
    gap: 0.25rem;
    align-items: center;
    padding: 0.3rem 0.5rem;
    border-radius: 0 0 0.6rem 0.6rem;
    background: var(--_toolbar-bg);
    box-shadow: 0 2px 10px rgb(0 0 0 / 35%);
    pointer-events: auto;
    visibility: hidden;
    position: absolute;
    top: 0;
    white-space: nowrap;
    transform: translateY(-100%);
    transition:
      transform 120ms ease-out,
      visibility 120ms;
  }
  /* All that covers the guest while the toolbar is away. */
  .grip {
    width: 4.5rem;
    height: 0.4rem;
    border-radius: 0 0 0.4rem 0.4rem;
    background: var(--_toolbar-bg);
    pointer-events: auto;
    opacity: 0.55;
  }
  .bar:hover .toolbar,
  .bar:focus-within .toolbar {
    visibility: visible;
    transform: none;
  }
  @media (prefers-reduced-motion: reduce) {
    .toolbar {
      transition: none;
    }
  }
  button {
    border: 0;
    border-radius: 0.4rem;
    padding: 0.35rem 0.7rem;
    background: rgb(255 255 255 / 10%);
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  button:hover {
    background: rgb(255 255 255 / 20%);
  }
  button.primary {
    background: var(--_accent);
    color: #06121d;
    font-weight: 600;
  }
  button:focus-visible,
  input:focus-visible {
    outline: 2px solid var(--_focus-ring);
    outline-offset: 1px;
  }
  .cover {
    position: absolute;
    inset: 0;
    z-index: 1;
    display: grid;
    place-items: center;
    padding: 1rem;
    background: color-mix(in srgb, var(--_background) 82%, transparent);
  }
  .card {
    box-sizing: border-box;
    width: min(26rem, 100%);
    padding: 1.4rem 1.6rem;
    border-radius: 0.8rem;
    background: var(--_toolbar-bg);
    box-shadow: 0 8px 30px rgb(0 0 0 / 45%);
  }
  .card h2 {
    margin: 0 0 0.5rem;
    font-size: 1.1rem;
  }
  .card p {
    margin: 0 0 1rem;
    overflow-wrap: anywhere;
  }
  .card label {
    display: block;
    margin-bottom: 1rem;
  }
  .card :is(input, textarea) {
    box-sizing: border-box;
    display: block;
    width: 100%;
    margin-top: 0.3rem;
    padding: 0.5rem 0.6rem;
    border: 1px solid rgb(255 255 255 / 25%);
    border-radius: 0.4rem;
    background: rgb(0 0 0 / 30%);
    color: inherit;
    font: inherit;
  }
  .actions {
    display: flex;
    gap: 0.5rem;
    justify-content: flex-end;
  }
  .spinner {
    width: 2rem;
    height: 2rem;
    margin: 0 auto 0.8rem;
    border: 3px solid rgb(255 255 255 / 20%);
    border-top-color: var(--_accent);
    border-radius: 50%;
    animation: turn 0.9s linear infinite;
  }
  .centered {
    text-align: center;
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
`;
