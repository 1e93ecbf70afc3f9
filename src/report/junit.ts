import { checksOf, type Check } from './checks.ts';
import { xmlText } from './encode.ts';
import type { Rendered, RenderInput } from './renderer.ts';

/** Writes a review as JUnit XML: a test case for each check, with ids and codes only; what could not be judged is skipped. */
export function renderJunit({ bundle }: RenderInput): Rendered {
  const { body, context } = bundle.review;
  const text = junitOf({ name: body.review, at: context.at }, checksOf(bundle));
  return { text, mediaType: 'application/xml' };
}

/** Writes checks as JUnit XML under one name and time. */
export function junitOf(
  of: { readonly name: string; readonly at: string },
  checks: readonly Check[],
): string {
  const count = (outcome: Check['outcome']): number =>
    checks.filter((check) => check.outcome === outcome).length;
  const name = xmlText(`spendproof ${of.name}`);
  const counts = `tests="${checks.length}" failures="${count('fail')}" errors="0" skipped="${count('inconclusive')}"`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${name}" ${counts}>`,
    `  <testsuite name="${name}" ${counts} timestamp="${xmlText(of.at)}">`,
    ...checks.flatMap(testCase),
    '  </testsuite>',
    '</testsuites>',
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function testCase({ group, name, outcome, reasons, missing }: Check): readonly string[] {
  const open = `    <testcase classname="spendproof.${xmlText(group)}" name="${xmlText(name)}"`;
  if (outcome === 'pass') return [`${open}/>`];
  const message = xmlText([...reasons, ...missing].join(' '));
  const element = outcome === 'fail' ? 'failure' : 'skipped';
  return [`${open}>`, `      <${element} message="${message}"/>`, '    </testcase>'];
}
