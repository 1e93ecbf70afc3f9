import { xmlText } from '../encode.ts';
import type { TableContent } from '../table.ts';
import { budgetChart, dayChart } from './charts.ts';
import { weeklyGlance } from './glance.ts';
import type { WeeklyPage } from './page.ts';
import type { Block, Section } from './block.ts';
import { footLines, headline, weeklySections } from './sections.ts';

/**
 * Writes the weekly page as one HTML file: no script, no request, no font from elsewhere; readable by screen readers, on
 * paper and in the dark.
 */
export function weeklyHtml(page: WeeklyPage): string {
  const { review, team } = page;
  const title = `Token budget review ${review.body.review}, ${team}: ${review.body.outcome}`;
  const sections = weeklySections(page);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${xmlText(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<a class="skip" href="#agenda">Skip to the agenda</a>',
    '<header>',
    `<h1>Token budget review ${xmlText(review.body.review)} <span class="state ${review.body.outcome}">${xmlText(review.body.outcome)}</span></h1>`,
    `<p class="lead">${xmlText(headline(page))}</p>`,
    glanceOf(page),
    `<nav aria-label="Sections"><ul>${sections.map(({ id, title: name }) => `<li><a href="#${id}">${xmlText(name)}</a></li>`).join('')}</ul></nav>`,
    '</header>',
    '<main>',
    ...sections.map(sectionOf),
    '</main>',
    `<footer>${footLines(page)
      .map((line) => `<p>${xmlText(line)}</p>`)
      .join('')}</footer>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const glanceOf = (page: WeeklyPage): string => {
  const parts = weeklyGlance(page).map(
    ({ label, value, note, tone }) =>
      `<div class="${tone}"><dt>${xmlText(label)}</dt><dd><strong>${cellText(value)}</strong> ${cellText(note)}</dd></div>`,
  );
  return `<dl class="glance">${parts.join('')}</dl>`;
};

const sectionOf = ({ id, title, blocks }: Section): string =>
  `<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${xmlText(title)}</h2>${blocks.map(blockOf).join('\n')}</section>`;

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p>${xmlText(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${xmlText(item)}</li>`).join('')}</ul>`;
    case 'table':
      return tableOf(block.caption, block.table);
    case 'days':
      return dayChart(block.comparison);
    case 'budgets':
      return budgetChart(block.page);
    default:
      block satisfies never;
      return '';
  }
}

/** The first cell names its row; a wide table scrolls in itself, by keyboard too. */
function tableOf(caption: string, { columns, rows }: TableContent): string {
  const head = columns.map(
    ({ title, align }) => `<th scope="col" class="${align}">${xmlText(title)}</th>`,
  );
  const body = rows.map((row) => {
    const cells = row.map(({ text }, index) => {
      const align = columns[index]?.align ?? 'left';
      return index === 0
        ? `<th scope="row" class="${align}">${cellText(text)}</th>`
        : `<td class="${align}">${cellText(text)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return (
    `<div class="wide" role="region" tabindex="0" aria-label="${xmlText(caption)}"><table><caption>${xmlText(caption)}</caption>` +
    `<thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
  );
}

/** A date, an amount or a share is one word: a browser would break it at its hyphens or before its number. */
const cellText = (text: string): string =>
  xmlText(text).replace(
    /\d{4}-\d{2}-\d{2}(?:T[\d:]{8}Z)?|\b[A-Z]{3} -?\d[\d,]*(?:\.\d+)?|[-+]?\d[\d.,]* %/g,
    (word) => `<span class="word">${word}</span>`,
  );

const STYLE = `
:root{--ink:#1b1f24;--soft:#57606a;--paper:#fff;--line:#d0d7de;--now:#0b5cad;--before:#a9b8c9;--over:#b3261e;--band:#e0a100;--pass:#1a6b35;--wait:#7a5200}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b3;--paper:#0f1419;--line:#3a434d;--now:#58a6ff;--before:#566270;--over:#ff7b72;--band:#e3b341;--pass:#56d364;--wait:#e3b341}}
*{box-sizing:border-box}
body{margin:0 auto;padding:24px;max-width:60rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .5rem}h2{font-size:1.2rem;margin:2rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--line)}
.lead{font-size:1.1rem;margin:.25rem 0 1rem}
.state{display:inline-block;padding:0 .5rem;border:2px solid;border-radius:.4rem;font-size:1rem;vertical-align:middle}
.pass{color:var(--pass)}.fail{color:var(--over)}.paused,.inconclusive{color:var(--wait)}
.glance{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.75rem;margin:1rem 0}
.glance div{border:1px solid var(--line);border-left:.3rem solid var(--line);border-radius:.4rem;padding:.6rem .8rem;break-inside:avoid}
.glance dt{color:var(--soft);font-size:.85rem}.glance dd{margin:0;font-size:.92rem}.glance strong{display:block;font-size:1.25rem;font-variant-numeric:tabular-nums}
.glance .good{border-left-color:var(--pass)}.glance .watch{border-left-color:var(--band)}.glance .bad{border-left-color:var(--over)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:0;padding:0;list-style:none}a{color:var(--now)}
.skip{position:absolute;left:-999rem}.skip:focus{position:static}
.wide{overflow-x:auto}.wide:focus-visible,a:focus-visible{outline:3px solid var(--now);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.92rem}caption{text-align:left;color:var(--soft);padding:.25rem 0}
th,td{padding:.35rem .5rem;border-bottom:1px solid var(--line);vertical-align:top;text-align:left}
th:first-child,td:first-child{padding-left:0}tbody th{font-weight:500}.word{white-space:nowrap}.right{text-align:right;font-variant-numeric:tabular-nums}
figure{margin:1rem 0}svg{width:100%;height:auto;display:block}svg text{fill:var(--ink);font-size:12px}svg .small{fill:var(--soft);font-size:11px}svg .gap{fill:var(--over)}
.grid{stroke:var(--line)}rect.now{fill:var(--now)}rect.before{fill:var(--before)}rect.over{fill:var(--over)}rect.band{fill:var(--band);stroke:var(--paper)}rect.track{fill:none;stroke:var(--line)}line.amount{stroke:var(--ink);stroke-width:2;stroke-dasharray:4 3}
figcaption{color:var(--soft);font-size:.85rem}.key{display:inline-block;width:.8rem;height:.8rem;margin:0 .2rem 0 .8rem;vertical-align:-.05rem}
.key.now{background:var(--now)}.key.before{background:var(--before)}.key.over{background:var(--over)}.key.band{background:var(--band)}.key.amount{width:0;border-left:2px dashed var(--ink)}.key.gap{width:auto;height:auto;color:var(--over)}
footer{margin-top:2rem;border-top:1px solid var(--line);color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}
@media print{:root{color-scheme:light;--ink:#000;--soft:#333;--paper:#fff;--line:#999;--now:#0b5cad;--before:#a9b8c9;--over:#b3261e;--band:#e0a100}body{max-width:none;padding:0;font-size:10.5pt}table{font-size:9pt}th,td{padding:.25rem .35rem}.glance{grid-template-columns:repeat(4,1fr)}nav,.skip{display:none}section{break-inside:avoid-page}h2{break-after:avoid}tr,figure{break-inside:avoid}.wide{overflow:visible}*{print-color-adjust:exact}}
`.replace(/\n/g, '');
