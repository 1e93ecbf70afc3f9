export {
  type Aggregate,
  type AggregateFlag,
  type AggregateRequest,
  type AggregateRow,
  COST_MEASURE,
} from './aggregate.ts';
