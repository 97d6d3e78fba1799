import { paintLogos, LOGO_SIZE } from './pictures.ts';
import { heightOf, offsetRect, rectOf, subtract, widthOf } from './region.ts';
import { DesktopWindow, TITLE_HEIGHT } from './window.ts';

const GROUND = 0x232c40;

/** A logo that moves: DRAW_COPY of a cached image, DRAW_FILL of the strips it leaves. */
export class BounceWindow extends DesktopWindow {
  readonly #logos = paintLogos(GROUND);
  #logo = 0;
  #left = 40;
  #top = 30;
  #dx = 4;
  #dy = 3;

  constructor(x: number, y: number) {
    super({ x, y, width: 302, height: 200 + TITLE_HEIGHT + 2, title: 'Moving', background: GROUND });
    this.#drawLogo();
  }

  override tick(): void {
    const before = this.#logoBox();
    this.#left += this.#dx;
    this.#top += this.#dy;
    const bounced = this.#turn();
    if (bounced) this.#logo = (this.#logo + 1) % this.#logos.length;
    for (const box of subtract([before], [this.#logoBox()])) this.draw({ kind: 'fill', box, color: GROUND });
    this.#drawLogo();
  }

  #turn(): boolean {
    const right = widthOf(this.content) - LOGO_SIZE;
    const bottom = heightOf(this.content) - LOGO_SIZE;
    const hitSide = this.#left <= 0 || this.#left >= right;
    const hitEnd = this.#top <= 0 || this.#top >= bottom;
    this.#left = Math.max(0, Math.min(right, this.#left));
    this.#top = Math.max(0, Math.min(bottom, this.#top));
    if (hitSide) this.#dx = -this.#dx;
    if (hitEnd) this.#dy = -this.#dy;
    return hitSide || hitEnd;
  }

  #logoBox() {
    return offsetRect(
      rectOf(this.#left, this.#top, LOGO_SIZE, LOGO_SIZE),
      this.content.left,
      this.content.top,
    );
  }

  #drawLogo(): void {
    this.draw({ kind: 'picture', box: this.#logoBox(), picture: this.#logos[this.#logo] });
  }
}
