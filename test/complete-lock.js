// Completes package-lock.json after an install on a registry that serves the binaries of one platform only: npm leaves the
// optional packages of the others out of the lock, and `npm ci` then refuses it. An entry without an integrity is what npm
// itself writes for a package that it has not seen; on that platform npm fetches it by name and version.
import { readFileSync, writeFileSync } from 'node:fs';

const OS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const CPU = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const added = {};
for (const [place, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (lock.packages[path] !== undefined || lock.packages[`${place}/${path}`] !== undefined)
      continue;
    const words = name.split(/[/-]/);
    const os = OS.filter((word) => words.includes(word));
    const cpu = CPU.filter((word) => words.includes(word));
    // A package that is bound to no platform would be installed: its absence is a real mistake of the lock.
    if (os.length === 0 && cpu.length === 0)
      throw new Error(`${name} is missing and is not bound to a platform`);
    added[path] = {
      version: version.replace(/^[\^~]/, ''),
      ...(cpu.length === 0 ? {} : { cpu }),
      ...(entry.dev === true ? { dev: true } : {}),
      optional: true,
      ...(os.length === 0 ? {} : { os }),
    };
  }
}
const packages = Object.entries({ ...lock.packages, ...added }).toSorted(([left], [right]) =>
  left < right ? -1 : 1,
);
writeFileSync(
  'package-lock.json',
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`,
);
process.stdout.write(
  `package-lock.json: ${Object.keys(added).length} packages of other platforms added\n`,
);
