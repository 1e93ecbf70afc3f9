import { describe, expect, it } from 'vitest';
import { notCoveredLines, subjectWords } from './subjects.ts';

describe('subjects for people', () => {
  it('names each kind once', () => {
    expect(subjectWords(['document:pricing', 'export:quota', 'document:help'])).toBe(
      'documents pricing and help, export quota',
    );
  });

  it('puts days that follow each other into ranges, over the end of a month', () => {
    const days = ['day:2026-11-01', 'day:2026-10-31', 'day:2026-10-30', 'day:2026-11-03'];
    expect(subjectWords(days)).toBe('days 2026-10-30 to 2026-11-01 and 2026-11-03');
  });

  it('says that there are more than a record could name', () => {
    expect(subjectWords(['export:quota', 'part:and-others'])).toBe('export quota, and others');
  });

  it('keeps a subject whose kind it has no words for', () => {
    expect(subjectWords(['part:invoice'])).toBe('invoice');
  });

  it('says each reason once, with all that it is the reason for', () => {
    expect(
      notCoveredLines([
        { subject: 'smoke:none', why: 'not-in-plan' },
        { subject: 'export:quota', why: 'zone-unknown' },
        { subject: 'guard:scope-drift', why: 'not-in-plan' },
      ]),
    ).toEqual([
      'smoke tests, guard scope-drift: the plan does not ask for it',
      'export quota: the export does not say in which time zone its days are',
    ]);
  });
});
