import { css, html, nothing } from 'lit';
import { formatBytes } from '../common/format-bytes.ts';
import type { FileTransfer, SpiceEventDetails } from '../api/public-types.ts';

type Progress = SpiceEventDetails['transferprogress'];
type Failure = SpiceEventDetails['transfererror'];

/** How long a finished transfer stays to be seen, milliseconds. */
const DONE_REST = 3_000;
/** Rows shown; the others are counted. */
const MAX_ROWS = 6;

interface Row {
  readonly transfer: FileTransfer;
  progress: Progress | undefined;
  failure: string | undefined;
  isDone: boolean;
}

export const transferListStyles = css`
  .transfers {
    position: absolute;
    right: 0.8rem;
    bottom: 0.8rem;
    z-index: 2;
    box-sizing: border-box;
    width: min(24rem, calc(100% - 1.6rem));
    max-height: calc(100% - 1.6rem);
    overflow: auto;
    padding: 0.6rem 0.8rem;
    border-radius: 0.6rem;
    background: var(--_toolbar-bg);
    box-shadow: 0 4px 18px rgb(0 0 0 / 40%);
  }
  .transfer {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 0.1rem 0.6rem;
    align-items: center;
    padding: 0.25rem 0;
  }
  .transfer .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .transfer button {
    grid-row: 1 / span 3;
    grid-column: 2;
  }
  .transfer .name,
  .transfer .figures,
  .transfer progress {
    grid-column: 1;
  }
  .transfer progress {
    width: 100%;
    height: 0.4rem;
    accent-color: var(--_accent);
  }
  .transfer .figures {
    font-size: 0.85em;
    opacity: 0.85;
    overflow-wrap: anywhere;
  }
  .dropping {
    position: absolute;
    inset: 0.5rem;
    z-index: 2;
    display: grid;
    place-items: center;
    border: 2px dashed var(--_accent);
    border-radius: 0.6rem;
    background: color-mix(in srgb, var(--_background) 70%, transparent);
    pointer-events: none;
  }
`;

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '';
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s left`;
  if (whole < 3600) return `${Math.ceil(whole / 60)} min left`;
  return `${Math.floor(whole / 3600)} h ${Math.ceil((whole % 3600) / 60)} min left`;
}

/** Files on their way, what became of them, and what else the agent has to say. */
export class TransferList {
  readonly #rows = new Map<number, Row>();
  #note = '';
  readonly #changed: () => void;
  readonly #cancel: (id: number) => void;

  constructor(options: { changed(): void; cancel(id: number): void }) {
    this.#changed = () => options.changed();
    this.#cancel = (id) => options.cancel(id);
  }

  clear(): void {
    this.#rows.clear();
    this.#note = '';
    this.#changed();
  }

  /** Says something until it is dismissed or something else is said. */
  say(note: string): void {
    this.#note = note;
    this.#changed();
  }

  started(transfer: FileTransfer): void {
    this.#rows.set(transfer.id, { transfer, progress: undefined, failure: undefined, isDone: false });
    this.#changed();
  }

  progressed(progress: Progress): void {
    const row = this.#rows.get(progress.id);
    if (row === undefined) return;
    row.progress = progress;
    this.#changed();
  }

  ended(transfer: FileTransfer): void {
    const row = this.#rows.get(transfer.id);
    if (row === undefined) return;
    row.isDone = true;
    this.#changed();
    setTimeout(() => this.#remove(transfer.id), DONE_REST);
  }

  failed({ id, cancelled, message }: Failure): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    row.failure = message;
    this.#changed();
    if (cancelled) setTimeout(() => this.#remove(id), DONE_REST);
  }

  render(): unknown {
    if (this.#rows.size === 0 && this.#note === '') return nothing;
    const all = [...this.#rows.values()];
    // What moves or went wrong comes first.
    const weight = (row: Row): number =>
      row.failure !== undefined ? 0 : row.progress && !row.isDone ? 1 : 2;
    const shown = all.toSorted((a, b) => weight(a) - weight(b)).slice(0, MAX_ROWS);
    const waiting = all.filter((row) => !row.isDone && row.failure === undefined).length;
    return html`<div class="transfers" part="progress" role="status" aria-label="File transfers">
      ${this.#note === '' ? nothing : this.#renderNote()} ${shown.map((row) => this.#renderRow(row))}
      ${
        all.length > shown.length
          ? html`<div class="transfer">
              <span class="figures">${all.length} files, ${waiting} still to be sent</span>
              <button part="button" type="button" @click=${() => this.#cancelAll()}>Cancel all</button>
            </div>`
          : nothing
      }
    </div>`;
  }

  #renderNote(): unknown {
    return html`<div class="transfer">
      <span class="figures">${this.#note}</span>
      <button part="button" type="button" aria-label="Dismiss" @click=${() => this.say('')}>✕</button>
    </div>`;
  }

  #renderRow({ transfer, progress, failure, isDone }: Row): unknown {
    const { id, name, size } = transfer;
    const isOver = isDone || failure !== undefined;
    const sent = isDone ? size : (progress?.sent ?? 0);
    return html`<div class="transfer" data-transfer=${id}>
      <span class="name" title=${name}>${name}</span>
      ${
        isOver
          ? nothing
          : html`<progress max="1" .value=${size === 0 ? 1 : sent / size} aria-label=${name}></progress>`
      }
      <span class="figures"
        >${failure ?? (isDone ? `Sent, ${formatBytes(size)}` : figures(transfer, progress))}</span
      >
      ${
        isDone
          ? nothing
          : html`<button
              part="button"
              type="button"
              aria-label=${isOver ? `Dismiss ${name}` : `Cancel ${name}`}
              @click=${() => (isOver ? this.#remove(id) : this.#cancel(id))}
            >
              ✕
            </button>`
      }
    </div>`;
  }

  #cancelAll(): void {
    for (const [id, row] of this.#rows) {
      if (row.failure !== undefined || row.isDone) this.#rows.delete(id);
      else this.#cancel(id);
    }
    this.#changed();
  }

  #remove(id: number): void {
    if (this.#rows.delete(id)) this.#changed();
  }
}

function figures({ size }: FileTransfer, progress: Progress | undefined): string {
  if (progress === undefined) return `${formatBytes(size)}, waiting`;
  const parts = [`${formatBytes(progress.sent)} of ${formatBytes(size)}`];
  if (progress.rate > 0) parts.push(`${formatBytes(progress.rate)}/s`, duration(progress.remaining));
  return parts.filter(Boolean).join(', ');
}
