/** A certificate's subject as sorted, normalised `type=value` pairs: the order of the parts does not count. */
export type HostSubject = readonly string[];

/** OpenSSL's long names of the usual subject parts, as operators also write them. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  commonname: 'cn',
  countryname: 'c',
  localityname: 'l',
  stateorprovincename: 'st',
  organizationname: 'o',
  organizationalunitname: 'ou',
  domaincomponent: 'dc',
  userid: 'uid',
};

/**
 * Reads `C=US,O=Lab,CN=spice.lab`, as `host-subject` is written for virt-viewer: `\,` is a comma inside a value.
 * Undefined when a part is not `type=value` or there is none.
 */
export function parseHostSubject(text: string): HostSubject | undefined {
  const parts: [string, string][] = [];
  for (const raw of text.match(/(?:\\.|[^,\\])+/gs) ?? []) {
    const part = raw.trim();
    if (part === '') continue;
    const equals = part.indexOf('=');
    if (equals < 1) return undefined;
    parts.push([part.slice(0, equals), part.slice(equals + 1).replace(/\\(.)/gs, '$1')]);
  }
  return parts.length === 0 ? undefined : normalise(parts);
}

/** The subject of a certificate as Node gives it: a part that occurs several times is a list. */
export function subjectOf(subject: object): HostSubject {
  return normalise(
    Object.entries(subject).flatMap(([type, value]: [string, unknown]) =>
      (Array.isArray(value) ? value : [value]).map((one): [string, string] => [type, String(one)]),
    ),
  );
}

/** Whether both have exactly the same parts. */
export function sameSubject(a: HostSubject, b: HostSubject): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}

/** As X509_NAME_cmp does: letter case and runs of white space do not count. */
function normalise(parts: readonly (readonly [string, string])[]): HostSubject {
  return parts
    .map(([type, value]) => {
      const key = type.trim().toLowerCase();
      return `${SHORT_NAMES[key] ?? key}=${value.trim().replace(/\s+/g, ' ').toLowerCase()}`;
    })
    .sort();
}
