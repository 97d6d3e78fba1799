/** A generated part of a page: what it is made from stands in the comment that begins it. */
const SECTION = /<!-- generated: (\w+) ([\w ]+) -->\n[\s\S]*?<!-- end -->/g;

export interface Section {
  readonly kind: string;
  readonly names: readonly string[];
  /** of the heading that it stands under */
  readonly title: string;
  readonly anchor: string;
}

/** The anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  const text = heading.replaceAll('`', '').trim().toLowerCase();
  return text.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
}

/** The anchors of a page; repeated headings get a number, as on GitHub. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const { anchor } of headingsOf(markdown)) {
    let unique = anchor;
    for (let i = 1; anchors.has(unique); i++) unique = `${anchor}-${i}`;
    anchors.add(unique);
  }
  return anchors;
}

interface Heading {
  readonly at: number;
  readonly title: string;
  readonly anchor: string;
}

function headingsOf(markdown: string): Heading[] {
  const withoutCode = markdown.replaceAll(/^```[\s\S]*?^```/gm, (code) => ' '.repeat(code.length));
  return [...withoutCode.matchAll(/^#{1,6} (.+)$/gm)].map(({ index, 1: title = '' }) => ({
    at: index,
    title,
    anchor: anchorOf(title),
  }));
}

/** The generated sections of a page, in order. */
export function sectionsOf(markdown: string): Section[] {
  const headings = headingsOf(markdown);
  return [...markdown.matchAll(SECTION)].map(({ index, 1: kind = '', 2: names = '' }) => {
    const heading = headings.findLast(({ at }) => at < index);
    return { kind, names: names.split(' '), title: heading?.title ?? '', anchor: heading?.anchor ?? '' };
  });
}

/** The page with its sections made anew. */
export function withSections(
  markdown: string,
  textOf: (kind: string, names: readonly string[]) => string,
): string {
  return markdown.replaceAll(
    SECTION,
    (_all, kind: string, names: string) =>
      `<!-- generated: ${kind} ${names} -->\n\n${textOf(kind, names.split(' '))}\n\n<!-- end -->`,
  );
}
