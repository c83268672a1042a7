import { packageRegistry } from '@enstratus/platform/pipeline';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnDomain, CfnRepository } from 'aws-cdk-lib/aws-codeartifact';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** The registry of the packages that repos share. Only they lie in it: public packages come from npm's own registry, by the scope of their names. */
export class Packages extends Construct {
  readonly #domain: CfnDomain;
  readonly #repository: CfnRepository;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#domain = new CfnDomain(this, 'Domain', { domainName: packageRegistry.domain });
    this.#repository = new CfnRepository(this, 'Repository', {
      domainName: this.#domain.attrName,
      repositoryName: packageRegistry.repository,
      description: 'What the repos of ENStratus share',
    });
    // Versions that somebody has pinned can't be made again.
    for (const resource of [this.#domain, this.#repository]) resource.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }

  /** Lets somebody install packages ("Using CodeArtifact with npm", "AWS CodeArtifact permissions reference"). */
  grantRead(grantee: IGrantable): void {
    this.#grant(grantee, ['codeartifact:GetAuthorizationToken'], this.#domain.attrArn);
    this.#grant(grantee, ['codeartifact:GetRepositoryEndpoint', 'codeartifact:ReadFromRepository'], this.#repository.attrArn);
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['sts:GetServiceBearerToken'],
        // The action knows no resource.
        resources: ['*'],
        conditions: { StringEquals: { 'sts:AWSServiceName': 'codeartifact.amazonaws.com' } },
      }),
    );
  }

  /** Lets somebody publish packages of the scope, and read what is there. */
  grantPublish(grantee: IGrantable): void {
    this.grantRead(grantee);
    const { region, account } = Stack.of(this);
    const packages = `arn:aws:codeartifact:${region}:${account}:package/${packageRegistry.domain}/${packageRegistry.repository}/npm/enstratus/*`;
    this.#grant(grantee, ['codeartifact:PublishPackageVersion', 'codeartifact:PutPackageMetadata'], packages);
  }

  #grant(grantee: IGrantable, actions: string[], resource: string): void {
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [resource] }));
  }
}
