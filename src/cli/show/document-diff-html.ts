import { xmlText } from '../../report/index.ts';
import type { ChangedSection, DocumentDiff } from '../../verify/index.ts';
import { headingUrl } from './page-link.ts';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h2{font-size:1.1rem;margin-top:2rem;border-top:1px solid #d0d7de;padding-top:1rem}
.tag{font-size:.8rem;border:1px solid #8c959f;border-radius:1rem;padding:.05rem .5rem;margin-left:.4rem;font-weight:400}
.holds{border-color:#9a6700;background:#fff8c5}
del,ins{display:block;white-space:pre-wrap;overflow-wrap:anywhere;text-decoration:none;padding:.2rem .6rem;border-left:.3rem solid}
del{background:#ffebe9;border-color:#cf222e}ins{background:#dafbe1;border-color:#1a7f37}
del::before{content:"− "}ins::before{content:"+ "}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}del{background:#4b1113}ins{background:#0f3d1c}.holds{background:#4d3800}}`;

/**
 * Writes a difference as one page that loads nothing: no script, no picture, no font, and every word of the pages escaped.
 *
 * @param url the live page, which is the place to read the values that stand here as placeholders.
 */
export function diffHtml(
  id: string,
  url: string | undefined,
  { changes, sections }: DocumentDiff,
): string {
  const counts = Object.entries(changes)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  const title = `${id}: ${counts.length === 0 ? 'nothing changed' : counts.join(', ')}`;
  const link =
    url === undefined
      ? ''
      : `<p>Values are placeholders; read them on <a rel="noreferrer noopener" href="${escape(url)}">the page itself</a>.</p>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(title)}</title><style>${STYLE}</style></head>
<body><h1>${escape(title)}</h1>${link}
${sections.map((section) => sectionHtml(section, url)).join('\n')}
</body></html>
`;
}

function sectionHtml(section: ChangedSection, url: string | undefined): string {
  const { path, change, materiality, holds, hunks } = section;
  const name = path.length === 0 ? 'before the first heading' : path.join(' › ');
  const tags = [change, materiality].map((tag) => `<span class="tag">${escape(tag)}</span>`);
  const held = holds ? '<span class="tag holds">holds what cites it</span>' : '';
  return `<section><h2>${headingLink(name, path.at(-1), url)}${tags.join('')}${held}</h2>
${hunks.map(({ before, after }) => `${marked('del', before)}${marked('ins', after)}`).join('\n')}
</section>`;
}

function headingLink(name: string, heading: string | undefined, url: string | undefined): string {
  if (url === undefined) return escape(name);
  return `<a rel="noreferrer noopener" href="${escape(headingUrl(url, heading))}">${escape(name)}</a>`;
}

const marked = (name: 'del' | 'ins', text: string | null): string =>
  text === null ? '' : `<${name}>${escape(text)}</${name}>`;

/** Code keeps its lines. */
const escape = (text: string): string => text.split('\n').map(xmlText).join('\n');
