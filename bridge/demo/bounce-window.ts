import { paintLogos, logoSize } from './pictures.ts';
import { heightOf, offsetRect, rectOf, subtract, widthOf } from './region.ts';
import { DesktopWindow, titleHeight } from './window.ts';

const ground = 0x232c40;

/** A logo that moves: DRAW_COPY of a cached image, DRAW_FILL of the strips it leaves. */
export class BounceWindow extends DesktopWindow {
  private readonly logos = paintLogos(ground);
  private logo = 0;
  private left = 40;
  private top = 30;
  private dx = 4;
  private dy = 3;

  constructor(x: number, y: number) {
    super({ x, y, width: 302, height: 200 + titleHeight + 2, title: 'Moving', background: ground });
    this.drawLogo();
  }

  override tick(): void {
    const before = this.logoBox();
    this.left += this.dx;
    this.top += this.dy;
    const bounced = this.turn();
    if (bounced) this.logo = (this.logo + 1) % this.logos.length;
    for (const box of subtract([before], [this.logoBox()])) this.draw({ kind: 'fill', box, color: ground });
    this.drawLogo();
  }

  private turn(): boolean {
    const right = widthOf(this.content) - logoSize;
    const bottom = heightOf(this.content) - logoSize;
    const hitSide = this.left <= 0 || this.left >= right;
    const hitEnd = this.top <= 0 || this.top >= bottom;
    this.left = Math.max(0, Math.min(right, this.left));
    this.top = Math.max(0, Math.min(bottom, this.top));
    if (hitSide) this.dx = -this.dx;
    if (hitEnd) this.dy = -this.dy;
    return hitSide || hitEnd;
  }

  private logoBox() {
    return offsetRect(rectOf(this.left, this.top, logoSize, logoSize), this.content.left, this.content.top);
  }

  private drawLogo(): void {
    this.draw({ kind: 'picture', box: this.logoBox(), picture: this.logos[this.logo] });
  }
}
