import { tableIndexes, tableKeys } from '@enstratus/contract';
import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type CfnTable, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

const key = (name: string) => ({ name, type: AttributeType.STRING });

/**
 * The one table of the system. Its keys are overloaded; what they mean belongs to the contract. Paid by request, restorable to any second of
 * the last 35 days, encrypted by a key that DynamoDB owns (free, where a key of our own would be paid by the month and the request), and not deleted by a mistake: deletion protection, and a stack that is deleted leaves it.
 */
export class SystemTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: key(tableKeys.partition),
      sortKey: key(tableKeys.sort),
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: tableKeys.ttl,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const { name, partition, sort } of Object.values(tableIndexes)) {
      this.table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: key(partition),
        sortKey: key(sort),
        projectionType: ProjectionType.ALL,
      });
    }
    // A new logical id would mean a new, empty table.
    (this.table.node.defaultChild as CfnTable).overrideLogicalId('Table');
  }
}
