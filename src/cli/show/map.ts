import { terminalText } from '../../core/index.ts';
import { count, countOf } from '../../report/index.ts';
import type { MapResult } from '../../usage/index.ts';

/** Shows a proposed mapping: what was guessed, what the file's own totals say, what is left to decide, and the YAML. */
export function showMap(result: MapResult): string {
  const { file, rows, guessed, mapping, open } = result;
  return [
    terminalText(file),
    `  ${countOf(rows, 'row')}`,
    '',
    'Columns by their names',
    ...Object.entries(guessed).map(
      ([meaning, name]) => `  ${meaning.padEnd(15)} ${terminalText(name)}`,
    ),
    '',
    ...trialLines(result),
    ...(open.length === 0 ? [] : ['To decide', ...open.map((code) => `  - ${OPEN[code]}`), '']),
    ...(mapping === null ? [] : entryLines(file, mapping)),
  ].join('\n');
}

/** Writes a whole entry for the plan; who approves it, and when, only a person can say. */
const entryLines = (file: string, mapping: object): readonly string[] => [
  'exports:',
  `  - id: ${idOf(file)}`,
  '    adapter: table',
  `    path: ${terminalText(JSON.stringify(file))}`,
  '    table:',
  ...yamlLines(mapping, '      '),
  '    approved: { by: ROLE, date: YYYY-MM-DD }',
];

/** Makes an id of a file's name, in the letters that ids have. */
function idOf(file: string): string {
  const name = file.split(/[/\\]/).at(-1) ?? '';
  const words = name.replace(/\.[^.]*$/, '').toLowerCase();
  const id = words.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^[^a-z]+|-+$/g, '');
  return id.slice(0, 40) || 'table';
}

const WAY: Readonly<Record<MapResult['trials'][number]['name'], string>> = {
  inclusive: 'inclusive: cached tokens in input, reasoning in output',
  exclusive: 'exclusive: cached tokens beside input, reasoning in output',
  disjoint: 'disjoint: cached tokens and reasoning beside input and output',
  'reasoning-beside': 'cached tokens in input, reasoning beside output',
};

const OPEN: Readonly<Record<MapResult['open'][number], string>> = {
  'no-time': 'No column holds a time that most rows share: name it yourself under `startAt`.',
  'nothing-to-sum': 'Neither tokens nor a cost were found by name.',
  'no-total':
    'The file holds no total, so nobody but its source can say whether input contains cached tokens.',
  'no-semantics-fits':
    'No way of counting gives the file’s totals: a column is missing or means something else.',
  'semantics-tie':
    'Several ways explain as many rows; only rows with cached or reasoning tokens can tell, or its source.',
  'no-key': 'No column names every row once: identical rows then count as distinct events.',
  'cost-unit':
    'Check the unit and the basis of the cost: a name does not say whether it is charged.',
};

function trialLines({ trials, telling }: MapResult): readonly string[] {
  if (!trials.some(({ rows }) => rows > 0)) return [];
  return [
    `Ways of counting, on the file’s own totals (${count(telling)} rows tell them apart)`,
    ...trials.map(
      ({ name, explained, rows }) =>
        `  ${share(explained, rows).padStart(6)}  ${count(explained)} of ${count(rows)} rows  ${WAY[name]}`,
    ),
    '',
  ];
}

/** Whole only when it is: 99.96 % is not 100 %. */
function share(part: number, whole: number): string {
  const tenths = Math.floor((part * 1000) / whole);
  return `${Math.floor(tenths / 10)}.${tenths % 10}%`;
}

/** Writes nested names and texts as YAML; every text is quoted, as a column may have any name. */
function yamlLines(value: object, indent: string): readonly string[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    if (Array.isArray(inner)) return [`${indent}${name}: ${JSON.stringify(inner)}`];
    if (typeof inner === 'object' && inner !== null)
      return [`${indent}${name}:`, ...yamlLines(inner, `${indent}  `)];
    return [`${indent}${name}: ${JSON.stringify(inner)}`];
  });
}
