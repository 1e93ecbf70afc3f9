/** Says in words why something is not covered; the words of the record's codes. */
const WHY: Readonly<Record<string, string>> = {
  'not-in-plan': 'the plan does not ask for it',
  'not-enabled': 'it is switched off, or this release does not do it yet',
  'no-export': 'no approved export can fill it',
  'no-series': 'it needs a series that is not read yet',
  'zone-unknown': 'the export does not say in which zone its days are',
  'field-not-in-export': 'the export has no such field',
  'not-linked': 'nothing links it to usage',
  'short-history': 'there are too few days to judge it',
  'forecast-poor': 'its forecast did no better than repeating last week',
  'never-reconciled': 'never reconciled with an invoice',
};

/** Writes one line of what is not covered. */
export const coverageLine = ({
  subject,
  why,
}: {
  readonly subject: string;
  readonly why: string;
}): string => `${subject.replace(':', ' ')}: ${WHY[why] ?? why}`;
