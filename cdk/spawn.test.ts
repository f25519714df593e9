// What the construct makes of the package, run by local/modules/run with the folders of both in the environment.
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { App, Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import { ParameterValue, Spawn } from './spawn';

const folder = process.env.SPAWN_PACKAGE ?? '../target/package';

function spawnWith(parameters: Record<string, ParameterValue>): { app: App; spawn: Spawn } {
  const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: false });
  return { app, spawn: new Spawn(new Stack(app, 'spawn'), 'Spawn', { package: folder, parameters }) };
}

// Each is compared with the template, of which another program puts the same values in.
for (const [name, parameters] of Object.entries<Record<string, ParameterValue>>(JSON.parse(process.env.SPAWN_CASES ?? '{}'))) {
  test(`the stack of ${name} is written`, () => {
    const { app, spawn } = spawnWith(parameters);
    new CfnOutput(Stack.of(spawn), 'Launches', { value: spawn.output('LaunchStateMachineArn') });
    new CfnOutput(Stack.of(spawn), 'Emergencies', { value: spawn.output('BreakGlassStateMachineArn') });
    const { template } = app.synth().getStackByName('spawn');
    writeFileSync(join(process.env.SPAWN_MADE ?? '.', `${name}.cdk.json`), JSON.stringify(template));
  });
}

function refuses(parameters: Record<string, ParameterValue>, message: RegExp): void {
  assert.throws(() => spawnWith(parameters), { message });
}

test('a parameter that the template has not is refused', () => {
  refuses({ BroadAcces: 'reject' }, /^parameters\.BroadAcces: The template has no such parameter\. It has .*BroadAccess/);
});

test('what CloudFormation would refuse is refused', () => {
  refuses({ BroadAccess: 'never' }, /^parameters\.BroadAccess: "never" is not allowed: it must be one of warn, approve, reject\.$/);
  refuses({ MaxDeletionsPerRun: 0 }, /^parameters\.MaxDeletionsPerRun: "0" is not allowed: it must be a number from 1 to 1000\.$/);
  refuses({ MaxDeletionsPerRun: 'many' }, /^parameters\.MaxDeletionsPerRun: "many" is not allowed/);
  refuses({ RolePath: `/${'a'.repeat(40)}/` }, /^parameters\.RolePath: .* is not allowed/);
  refuses({ AllowedSubnets: ['subnet-0123456789abcdef0', 'all'] }, /^parameters\.AllowedSubnets: "all" is not allowed: must be empty or list ids of subnets\.$/);
  refuses({ BroadAccess: ['warn', 'reject'] }, /^parameters\.BroadAccess: It takes one value, not a list\.$/);
});

test('what breaks a rule of the template is refused', () => {
  refuses({ BroadAccess: 'approve' }, /^parameters: Give ApprovalTopicArn/);
});

test('what is known only when it is deployed is refused', () => {
  refuses({ Team: Aws.ACCOUNT_ID }, /^parameters\.Team: It has to be known when the app is synthesised/);
});

test('an output that the template has not is refused', () => {
  assert.throws(() => spawnWith({}).spawn.output('LaunchArn'), /no output LaunchArn\. It has .*LaunchStateMachineArn/);
});
