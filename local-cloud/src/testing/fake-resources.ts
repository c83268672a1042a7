import { z } from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import type { Cloud } from '../kernel/cloud.ts';
import { cfnNumber, resourceType } from '../kernel/resource-type.ts';
import { operation, type Service } from '../kernel/service.ts';

/** For tests: a service with things that can be made, changed and deleted, and told to fail or to wait. */
export class Things {
  /** What exists: name to size and link. */
  readonly existing = new Map<string, { size: number; link: string }>();
  /** Every finished call, such as `create A`. */
  readonly calls: string[] = [];
  /** Calls that fail, such as `update A`; `*` for any name. */
  readonly failing = new Set<string>();
  /** Calls that wait until they are let go, such as `create A`. */
  readonly waiting = new Map<string, Promise<void>>();
  /** The most calls that ran at the same time. */
  mostAtOnce = 0;
  #now = 0;

  readonly create = (cloud: Cloud): Service => ({
    name: 'things',
    protocol: { kind: 'query', namespace: 'urn:things' },
    operations: {
      CreateThing: this.#operation(
        'create',
        z.strictObject({ Name: z.string(), Size: z.number(), Link: z.string() }),
        ({ Name, Size, Link }) => {
          if (this.existing.has(Name)) throw new AwsError('ThingAlreadyExists', `${Name} is there already`);
          this.existing.set(Name, { size: Size, link: Link });
        },
      ),
      UpdateThing: this.#operation(
        'update',
        z.strictObject({ Name: z.string(), Size: z.number(), Link: z.string() }),
        ({ Name, Size, Link }) => {
          this.existing.set(Name, { size: Size, link: Link });
        },
      ),
      FinishThing: this.#operation('finish', z.strictObject({ Name: z.string() }), () => undefined),
      DeleteThing: this.#operation('delete', z.strictObject({ Name: z.string() }), ({ Name }) => void this.existing.delete(Name)),
    },
    resourceTypes: [
      resourceType({
        type: 'Test::Things::Thing',
        properties: z.strictObject({
          Name: z.string().min(2).optional(),
          Size: cfnNumber.optional(),
          Link: z.string().optional(),
          Tags: z.array(z.unknown()).optional(),
        }),
        inert: { Colour: 'things have no colour here' },
        replaceOn: ['Name'],
        create: async (properties, context) => {
          const name = properties.Name ?? context.uniqueName();
          await context.call('things', 'CreateThing', { Name: name, Size: properties.Size ?? 1, Link: properties.Link ?? '' });
          await context.call('things', 'FinishThing', { Name: name });
          return stateOf(name, properties.Size ?? 1, cloud);
        },
        update: async (physicalId, properties, _previous, context) => {
          await context.call('things', 'UpdateThing', { Name: physicalId, Size: properties.Size ?? 1, Link: properties.Link ?? '' });
          return stateOf(physicalId, properties.Size ?? 1, cloud);
        },
        delete: async (physicalId, _properties, context) => {
          await context.call('things', 'DeleteThing', { Name: physicalId });
        },
      }),
    ],
  });

  #operation<T extends { Name: string }>(verb: string, input: z.ZodType<T>, work: (input: T) => void) {
    return operation({
      input,
      authorize: (given) => [{ action: `things:${verb}`, resource: `arn:aws:things:::${given.Name}` }],
      run: async (given) => {
        this.#now += 1;
        this.mostAtOnce = Math.max(this.mostAtOnce, this.#now);
        try {
          await new Promise((resolve) => setImmediate(resolve));
          await this.waiting.get(`${verb} ${given.Name}`);
          const name = given.Name.replace(/^[^-]+-([A-Za-z0-9]+)-[A-Z0-9]{12}$/, '$1');
          for (const pattern of [`${verb} ${name}`, `${verb} *`]) {
            if (this.failing.has(pattern)) throw new AwsError('ThingFailed', `${verb} of ${name} fails`);
          }
          work(given);
          this.calls.push(`${verb} ${name}`);
        } finally {
          this.#now -= 1;
        }
        return { Name: given.Name };
      },
    });
  }
}

function stateOf(name: string, size: number, cloud: Cloud) {
  return { physicalId: name, attributes: { Arn: `arn:aws:things:::${name}`, Size: size, Endpoint: cloud.endpoint } };
}
