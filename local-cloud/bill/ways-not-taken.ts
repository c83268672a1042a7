import { billFor, costOfAll } from './bill.ts';
import { logBytesKey, type Sample } from './features.ts';
import { days } from './mix.ts';
import { addUp, type Quantities } from './price-list.ts';

/** A way that was not taken: what the whole month would cost with it. */
export interface Way {
  readonly name: string;
  readonly usd: number;
  /** Against the bill. */
  readonly more_usd: number;
  readonly because: string;
}

/** Bytes of a document as a record of ten measures: 8 each, their names, the time and the device ("Calculating the write size of a time series event"). */
const timestreamRecord_bytes = 8 + 30 + 10 * (8 + 9);
const kb = 1000;

/** What else could take the same packs, reckoned from the same units. What a way replaces is taken off the bill. */
export function waysNotTaken(devices: number, sample: Sample): Way[] {
  const { day, features } = sample;
  const bill = billFor(devices, sample);
  const packs = devices * day.packs * days;
  const documents = devices * day.documents * days;
  const deliveries = packs + devices * day.others * days;
  const hours = days * 24;
  const way = (name: string, more: Quantities, less: Quantities, because: string): Way => {
    const more_usd = costOfAll(more) - costOfAll(less);
    return { name, usd: bill.usd + more_usd, more_usd, because };
  };
  const log_bytes = documents * (day.log_line_bytes + 26);
  const logIngest = { [logBytesKey(sample.device_log_class)]: log_bytes, 'logs.stored': bill.quantities['logs.stored'] ?? 0 };
  const packWrites = { 'dynamodb.wru': packs };
  const packStore = { 'dynamodb.stored': bill.quantities['dynamodb.stored'] ?? 0, 'dynamodb.pitr': bill.quantities['dynamodb.pitr'] ?? 0 };
  const packStores = addUp([
    [packWrites, 1],
    [packStore, 1],
  ]);
  const packOf15 = features['pack of a device that its environment does not know'].units;
  // A minute's document finds the environment as little as a pack does.
  const rawItem_bytes = day.log_line_bytes + 200;
  const timestreamDay_bytes = devices * day.documents * timestreamRecord_bytes;
  return [
    way('API Gateway (HTTP API) before the webhook', { 'apigateway.http': deliveries }, {}, 'one request a delivery'),
    way('API Gateway (REST API) before the webhook', { 'apigateway.rest': deliveries }, {}, 'one request a delivery'),
    way(
      'one publish a minute, no packing',
      addUp([[features['plain document'].units, documents]]),
      addUp([[packOf15, packs]]),
      'each document as one delivery, as measured; Particle’s part stands below',
    ),
    way(
      'raw documents in DynamoDB instead of packs',
      {
        'dynamodb.wru': documents,
        'dynamodb.stored': devices * day.documents * 35 * rawItem_bytes,
        'dynamodb.pitr': devices * day.documents * 35 * rawItem_bytes,
      },
      packStores,
      'one write unit a document, kept for the same 35 days',
    ),
    way(
      'Timestream for LiveAnalytics instead of packs',
      {
        'timestream.writes': packs * Math.ceil((timestreamRecord_bytes * (day.documents / day.packs)) / kb),
        'timestream.memory': timestreamDay_bytes * hours,
        'timestream.magnetic': Math.max(100e9, timestreamDay_bytes * 35),
        'timestream.tcu_hours': 4 * 22 * 2,
      },
      packStores,
      'a pack in one write, a day in the memory store, 100 GB of magnetic store at least, 4 compute units for 2 hours a working day; closed to new customers since June 2025',
    ),
    way(
      'Timestream for InfluxDB instead of packs',
      { 'influxdb.medium_hours': 2 * hours, 'influxdb.stored': 2 * Math.max(20e9, timestreamDay_bytes * 35 * 0.2) },
      packStores,
      'one db.influx.medium in each of two zones at all times',
    ),
    way(
      'Aurora Serverless v2 instead of packs',
      {
        'aurora.acu_hours': 2 * hours * Math.max(0.5, devices / 10_000),
        'aurora.stored': devices * day.documents * 35 * 150,
        'aurora.io': packs * 4,
      },
      packStores,
      'writer and reader in two zones at 0.5 capacity units at least, 4 I/O a pack',
    ),
    ...(sample.device_log_class === 'STANDARD'
      ? []
      : [
          way(
            'device logs in the class STANDARD',
            { 'logs.bytes_in': log_bytes },
            { [logBytesKey(sample.device_log_class)]: log_bytes },
            'tail, filter patterns and metrics of a device in PROD too; one setting of a stage',
          ),
        ]),
    way(
      'Firehose with Athena instead of device logs',
      {
        'firehose.bytes': packs * 5 * 1024,
        'firehose.converted': packs * 5 * 1024,
        's3.stored': documents * 40,
        'athena.scanned': (22 * 50 + days * 4) * 100e6,
      },
      logIngest,
      'a pack is one record of 5 KB; minutes late, a query takes seconds and scans 100 MB; no tail, no filter of one device',
    ),
    way(
      'provisioned write capacity',
      { 'dynamodb.wcu_month': Math.ceil(((bill.quantities['dynamodb.wru'] ?? 0) / (days * 86_400)) * 1.5) },
      { 'dynamodb.wru': bill.quantities['dynamodb.wru'] ?? 0 },
      'half more than the mean; a fleet that comes back at once would be throttled for minutes, so it is not taken',
    ),
    way('an X-Ray trace of each delivery', { 'xray.traces': deliveries }, {}, 'every delivery sampled'),
  ];
}
