import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Room {
  readonly mayImport: readonly string[];
  /** Rooms from which only types may come. */
  readonly typesOnly?: readonly string[];
  readonly pure?: true;
}

/** The total order of docs/architecture.md, as data. */
const ROOMS: Readonly<Record<string, Room>> = {
  core: { mayImport: [], pure: true },
  plan: { mayImport: ['core'] },
  usage: { mayImport: ['core', 'plan'] },
  metrics: { mayImport: ['core', 'plan', 'usage'], typesOnly: ['usage'], pure: true },
  budget: { mayImport: ['core', 'plan', 'metrics', 'usage'], typesOnly: ['usage'], pure: true },
  verify: { mayImport: ['core', 'plan'] },
  evidence: { mayImport: ['core'] },
  report: { mayImport: ['core', 'plan', 'evidence'], typesOnly: ['evidence'], pure: true },
  notify: { mayImport: ['core', 'plan', 'evidence', 'report', 'verify'] },
  review: {
    mayImport: [
      'core',
      'plan',
      'usage',
      'metrics',
      'budget',
      'verify',
      'evidence',
      'report',
      'notify',
    ],
  },
  cli: {
    mayImport: [
      'core',
      'plan',
      'usage',
      'metrics',
      'budget',
      'verify',
      'evidence',
      'report',
      'notify',
      'review',
    ],
  },
};

/** Constant names of the engine that cross as values although only types may: one line each, with its reason. */
const VALUES_ALLOWED = new Set(['usage:COST_MEASURE']);

const IMPURE = /^node:(fs|http|https|net|child_process|os|process|dns|tls|worker_threads)/;
const IMPURE_GLOBALS = /\b(process\.|fetch\(|Date\.now\(|Math\.random\(|new Date\(\))/;

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
  readonly typeOnly: boolean;
  readonly names: readonly string[];
}

const files = sourceFiles('src').filter((file) => !file.endsWith('.test.ts'));
const imports = files.flatMap((file) => importsOf(file));

describe('architecture', () => {
  it('looked at files and imports of every room', () => {
    expect(files.length).toBeGreaterThan(30);
    expect(imports.length).toBeGreaterThan(100);
    const rooms = new Set(files.map((file) => roomOf(file)));
    expect([...rooms].toSorted()).toEqual(Object.keys(ROOMS).toSorted());
  });

  it('lets a file import only from the rooms its own row names', () => {
    const broken = crossings().filter(({ from, to }) => !ROOMS[from]?.mayImport.includes(to));
    expect(broken.map(({ text }) => text)).toEqual([]);
  });

  it('enters other rooms only by the door', () => {
    const broken = crossings().filter(({ target, to }) => target !== `src/${to}/index.ts`);
    expect(broken.map(({ text }) => text)).toEqual([]);
  });

  it('never goes out through the own door to come in again', () => {
    const broken = imports.filter(
      ({ file, room, target }) => target === `src/${room}/index.ts` && file !== target,
    );
    expect(broken.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it('takes only types from rooms that are not pure into pure ones', () => {
    const broken = crossings().filter(
      ({ from, to, typeOnly, names }) =>
        ROOMS[from]?.typesOnly?.includes(to) === true &&
        !typeOnly &&
        names.some((name) => !name.startsWith('type ') && !VALUES_ALLOWED.has(`${to}:${name}`)),
    );
    expect(broken.map(({ text }) => text)).toEqual([]);
  });

  it('keeps input, output, clock and chance out of the pure rooms', () => {
    const pure = files.filter((file) => ROOMS[roomOf(file)]?.pure === true);
    expect(pure.length).toBeGreaterThan(10);
    const broken = pure.flatMap((file) => {
      const text = withoutComments(readFileSync(file, 'utf8'));
      const named = imports.filter((one) => one.file === file && IMPURE.test(one.target));
      const used = IMPURE_GLOBALS.exec(text);
      return [
        ...named.map((one) => `${file} imports ${one.target}`),
        ...(used === null ? [] : [`${file} uses ${used[0]}`]),
      ];
    });
    expect(broken).toEqual([]);
  });

  it('opens doors with named re-exports only', () => {
    const doors = files.filter((file) => /^src\/[a-z]+\/index\.ts$/.test(file));
    expect(doors.length).toBe(Object.keys(ROOMS).length - 1);
    const broken = doors.filter((file) => {
      const text = withoutComments(readFileSync(file, 'utf8'));
      return /export \*/.test(text) || /^(const|function|let|class) /m.test(text);
    });
    expect(broken).toEqual([]);
  });

  it('has no circle of files, not even of types', () => {
    expect(circleOf(new Map(files.map((file) => [file, targetsOf(file)])))).toEqual([]);
  });

  it('finds a circle where there is one', () => {
    const [one, two, three] = ['src/a.ts', 'src/b.ts', 'src/c.ts'];
    const graph = new Map([
      [one, [two]],
      [two, [three]],
      [three, [two]],
    ]);
    expect(circleOf(graph)).toEqual([two, three, two]);
  });

  it('lists every file of a registry folder in its registry', () => {
    const registries = files.filter((file) => file.endsWith('/registry.ts'));
    expect(registries.length).toBeGreaterThanOrEqual(4);
    const broken = registries.flatMap((registry) => unlisted(registry));
    expect(broken).toEqual([]);
  });

  it('names no folder or file after a topic without an idea', () => {
    const vague = /(^|\/)(utils?|helpers?|common|shared|misc|lib|manager|service)(\/|\.ts$)/;
    expect(files.filter((file) => vague.test(file))).toEqual([]);
  });
});

/** A file of a registry folder that exports an entry (a constant in upper case or an object with an id) must be listed. */
function unlisted(registry: string): readonly string[] {
  const folder = dirname(registry);
  const listed = readFileSync(registry, 'utf8');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'registry.ts')
    .filter((name) =>
      /^export const \w+(: \w+)? = (defineCommand|\{)|satisfies (UsageAdapter|Channel|Renderer|Command)/m.test(
        readFileSync(join(folder, name), 'utf8'),
      ),
    )
    .filter((name) => /\bid: '|\bname: '/.test(readFileSync(join(folder, name), 'utf8')))
    .filter((name) => !listed.includes(`./${name}`))
    .map((name) => `${folder}/${name} is not in ${registry}`);
}

const targetsOf = (of: string): readonly string[] =>
  imports.filter(({ file, target }) => file === of && target !== of).map(({ target }) => target);

/** Gives the first circle that a walk along the imports meets, its first file again at its end; empty where there is none. */
function circleOf(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): readonly string[] => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const target of graph.get(file) ?? []) {
      const circle = walk(target, [...way, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const circle = walk(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

function crossings() {
  return imports
    .filter(({ target, room }) => target.startsWith('src/') && roomOf(target) !== room)
    .map((one) => ({
      ...one,
      from: one.room,
      to: roomOf(one.target),
      text: `${one.file} → ${one.target}${one.typeOnly ? ' (types)' : ''}`,
    }));
}

function importsOf(file: string): readonly Import[] {
  const text = withoutComments(readFileSync(file, 'utf8'));
  const pattern =
    /(?:import|export)\s+(type\s+)?(\{[^}]*\}|[\w*\s,]+)?\s*(?:from\s+)?'([^']+)'|import\('([^']+)'\)/g;
  return [...text.matchAll(pattern)].map((match) => {
    const specifier = match[3] ?? match[4] ?? '';
    return {
      file,
      room: roomOf(file),
      target: specifier.startsWith('.')
        ? posix(normalize(join(dirname(file), specifier)))
        : specifier,
      typeOnly: match[1] !== undefined,
      names: (match[2] ?? '')
        .replace(/[{}]/g, '')
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    };
  });
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function posix(path: string): string {
  return path.split(sep).join('/');
}

function roomOf(file: string): string {
  return file.split('/')[1] ?? '';
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => posix(relative('.', join(entry.parentPath, entry.name))))
    .toSorted();
}
