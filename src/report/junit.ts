import { checksOf, type Check } from './checks.ts';
import { xmlText } from './encode.ts';
import type { Rendered, RenderInput } from './renderer.ts';

/** Writes a review as JUnit XML: a test case for each check, with ids and codes only; what could not be judged is skipped. */
export function renderJunit({ bundle }: RenderInput): Rendered {
  const checks = checksOf(bundle);
  const count = (outcome: Check['outcome']): number =>
    checks.filter((check) => check.outcome === outcome).length;
  const name = xmlText(`spendproof ${bundle.review.body.review}`);
  const counts = `tests="${checks.length}" failures="${count('fail')}" errors="0" skipped="${count('inconclusive')}"`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${name}" ${counts}>`,
    `  <testsuite name="${name}" ${counts} timestamp="${xmlText(bundle.review.context.at)}">`,
    ...checks.flatMap(testCase),
    '  </testsuite>',
    '</testsuites>',
  ];
  return { text: lines.map((line) => `${line}\n`).join(''), mediaType: 'application/xml' };
}

function testCase({ group, name, outcome, reasons, missing }: Check): readonly string[] {
  const open = `    <testcase classname="spendproof.${xmlText(group)}" name="${xmlText(name)}"`;
  if (outcome === 'pass') return [`${open}/>`];
  const message = xmlText([...reasons, ...missing].join(' '));
  const element = outcome === 'fail' ? 'failure' : 'skipped';
  return [`${open}>`, `      <${element} message="${message}"/>`, '    </testcase>'];
}
