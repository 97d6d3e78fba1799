/**
 * Docstrings of a source file by the path of what they stand before: the names of the constant, the message and the
 * field, joined with dots. It goes by indentation, which prettier keeps.
 */
export function docComments(source: string): Map<string, string> {
  const comments = new Map<string, string>();
  const path: { indent: number; name: string }[] = [];
  let doc: string[] | undefined;
  let isInside = false;
  for (const line of source.split('\n')) {
    const text = line.trim();
    if (isInside || text.startsWith('/**')) {
      if (!isInside) doc = [];
      isInside = !text.endsWith('*/');
      doc?.push(text.replace(/^\/\*\*|^\*(?!\/)/, '').replace(/\*\/$/, ''));
      continue;
    }
    const found = /^(\s*)(?:export )?(?:const |function )?([A-Za-z_]\w*)/.exec(line);
    if (found === null) continue;
    const [, space = '', name = ''] = found;
    while (path.length > 0 && (path.at(-1)?.indent ?? 0) >= space.length) path.pop();
    if (name !== 'return') path.push({ indent: space.length, name });
    if (doc !== undefined) comments.set(path.map((one) => one.name).join('.'), cleaned(doc));
    doc = undefined;
  }
  return comments;
}

/** One line, up to the first tag, without references to what it will stand in. */
function cleaned(lines: readonly string[]): string {
  const text = lines.join(' ').replace(/\s+/g, ' ').trim();
  return text.replace(/ ?@\w+ .*$/, '').replace(/ \((?:docs\/protocol\/|§)[^)]*\)/g, '');
}
