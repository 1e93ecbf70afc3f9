import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodePorts } from '../../../test/fixtures/usage/node-ports.ts';
import { formatDecimal } from '../../core/index.ts';
import { look } from '../look.ts';
import { focus } from './focus.ts';

const words = (text: string) => text.split(/\s+/);

/** Mandatory in every version from 1.0 to 1.4. */
const ALWAYS =
  words(`BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd
  BillingPeriodStart ChargeCategory ChargeClass ChargeDescription ChargePeriodEnd ChargePeriodStart ContractedCost
  EffectiveCost InvoiceIssuerName ListCost PricingQuantity PricingUnit ServiceCategory ServiceName`);
/** Deprecated in 1.3, gone in 1.4. */
const BEFORE = ['ProviderName', 'PublisherName'];
/** New in 1.3. */
const SINCE = ['ServiceProviderName', 'HostProviderName'];

/** The columns of the dataset Cost and Usage that a file of each version must have, and no others. */
const MANDATORY: Readonly<Record<string, readonly string[]>> = {
  '1.0': [...ALWAYS, ...BEFORE],
  '1.1': [...ALWAYS, ...BEFORE],
  '1.2': [...ALWAYS, ...BEFORE],
  '1.3': [...ALWAYS, ...BEFORE, ...SINCE],
  '1.4': [...ALWAYS, ...SINCE],
};

/** What a file of 1.4 may have beside them. */
const OPTIONAL_1_4 =
  words(`AllocatedMethodDetails AllocatedMethodId AllocatedResourceId AllocatedResourceName AllocatedTags
  AvailabilityZone BillingAccountType CapacityReservationId CapacityReservationStatus ChargeFrequency
  CommitmentDiscountCategory CommitmentDiscountId CommitmentDiscountName CommitmentDiscountQuantity CommitmentDiscountStatus
  CommitmentDiscountType CommitmentDiscountUnit CommitmentProgramEligibilityDetails ConsumedQuantity ConsumedUnit
  ContractApplied ContractedUnitPrice InvoiceDetailId InvoiceId ListUnitPrice PricingCategory PricingCurrency
  PricingCurrencyContractedUnitPrice PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice RegionId RegionName
  ResourceId ResourceName ResourceType ServiceSubcategory SkuId SkuMeter SkuPriceDetails SkuPriceId SubAccountId
  SubAccountName SubAccountType Tags`);

/** The other datasets: what was agreed, invoiced or closed is no charge. */
const OTHER_DATASETS: Readonly<Record<string, readonly string[]>> = {
  'Contract Commitment, 1.3':
    words(`BillingCurrency ContractCommitmentCategory ContractCommitmentCost ContractCommitmentDescription
    ContractCommitmentId ContractCommitmentPeriodEnd ContractCommitmentPeriodStart ContractCommitmentQuantity
    ContractCommitmentType ContractCommitmentUnit ContractId ContractPeriodEnd ContractPeriodStart`),
  'Invoice Detail, 1.4':
    words(`BilledCost BillingAccountId BillingCurrency BillingPeriodEnd BillingPeriodStart ChargeCategory
    InvoiceDetailCreated InvoiceDetailDescription InvoiceDetailGrain InvoiceDetailId InvoiceDetailLastUpdated InvoiceId
    InvoiceIssueDate InvoiceIssueStatus InvoiceIssuerName PaymentCurrency PaymentDueDate PaymentTerms ReferenceInvoiceId`),
  'Billing Period, 1.4':
    words(`BillingPeriodCreated BillingPeriodEnd BillingPeriodLastUpdated BillingPeriodStart BillingPeriodStatus
    InvoiceIssuerName`),
};

type Row = Readonly<Record<string, string>>;
const day = (date: string, next: string): Row => ({
  ChargePeriodStart: `2026-11-${date}T00:00:00Z`,
  ChargePeriodEnd: `2026-11-${next}T00:00:00Z`,
});
const costs = (billed: string, effective: string, list: string): Row => ({
  BilledCost: billed,
  EffectiveCost: effective,
  ContractedCost: effective,
  ListCost: list,
});
const USAGE = { ChargeCategory: 'Usage', PricingQuantity: '2', PricingUnit: 'Tokens' };

/** Every category once, a correction, a number with an exponent, and nothing said in both of its forms. */
const ROWS: readonly Row[] = [
  { ...USAGE, ...day('09', '10'), ...costs('1.25', '1.00', '1.5') },
  { ...USAGE, ...day('09', '10'), ...costs('1.5E-7', '2e-7', '0') },
  { ...day('09', '10'), ...costs('10', '0', '10'), ChargeCategory: 'Purchase' },
  { ...day('10', '11'), ...costs('0.5', '0.5', '0.5'), ChargeCategory: 'Tax' },
  { ...day('10', '11'), ...costs('-0.25', '-0.25', '0'), ChargeCategory: 'Credit' },
  {
    ...day('10', '11'),
    ...costs('-0.05', '-0.05', '-0.05'),
    ChargeCategory: 'Adjustment',
    ChargeClass: 'Correction',
    HostProviderName: 'NULL',
  },
];

const ALL_ROWS: Row = {
  BillingCurrency: 'USD',
  BillingPeriodStart: '2026-11-01T00:00:00Z',
  BillingPeriodEnd: '2026-12-01T00:00:00Z',
  ServiceProviderName: 'provider-a',
  SubAccountId: 'team-a',
};

async function fileOf(columns: readonly string[], rows = ROWS): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'focus-')));
  const path = join(folder, 'focus.csv');
  const lines = rows.map((row) => columns.map((name) => row[name] ?? ALL_ROWS[name] ?? '').join());
  await writeFile(path, `${[columns.join(), ...lines].join('\n')}\n`);
  return path;
}

const lookAt = async (path: string) =>
  await look([path], {}, nodePorts('2026-11-23T09:00:00Z')).then(([result]) => result);

describe('FOCUS', () => {
  it.each(Object.entries(MANDATORY))(
    '%s: a file with its mandatory columns is read whole',
    async (_, columns) => {
      const result = await lookAt(await fileOf(columns));
      expect(result).toMatchObject({ adapter: 'focus', rows: ROWS.length, quarantined: 0 });
      expect(result?.currencies).toEqual(['USD']);
      const sums = Object.entries(result?.totals ?? {}).map(([measure, { value, knownRows }]) => [
        measure,
        value === null ? 'unknown' : formatDecimal(value),
        knownRows,
      ]);
      expect(sums).toEqual([
        ['chargedCost', '11.45000015', 6],
        ['effectiveCost', '1.2000002', 6],
        ['listCost', '11.95', 6],
      ]);
      expect(result?.days.map(({ date, rows }) => [date, rows])).toEqual([
        ['2026-11-09', 3],
        ['2026-11-10', 3],
      ]);
    },
  );

  it('1.4: what a file may have beside them changes nothing but whose cost it is', async () => {
    const columns = [...(MANDATORY['1.4'] ?? []), ...OPTIONAL_1_4];
    const result = await lookAt(await fileOf(columns));
    const least = await lookAt(await fileOf(MANDATORY['1.4'] ?? []));
    expect(result?.totals).toEqual(least?.totals);
    expect(result?.by).toMatchObject({ dimension: 'project', groups: [{ name: 'team-a' }] });
    expect(result?.droppedColumns).toEqual(columns.filter((name) => !KEPT.includes(name)));
  });

  it.each(Object.entries(OTHER_DATASETS))('%s: is no table of charges', async (_, columns) => {
    const header = [...columns];
    expect(focus.recognise({ kind: 'parquet', header })).toBeUndefined();
    await expect(lookAt(await fileOf(columns))).rejects.toMatchObject({ code: 'export-unknown' });
  });
});

/** What rows keep of a file. */
const KEPT = words(
  'BilledCost BillingCurrency ChargeCategory ChargePeriodStart ChargePeriodEnd BillingPeriodStart EffectiveCost ListCost SubAccountId',
);
