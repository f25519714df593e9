import * as fs from 'fs';
import * as path from 'path';
import { CfnElement, DefaultStackSynthesizer, Fn, Stack, Token } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';

/** What a value of one of the template's parameters may be: a list for those that the template separates by commas. */
export type ParameterValue = string | number | readonly string[];

export interface SpawnProps {
  /** The folder of spawn.zip and spawn.template.json: a release's files, or target/package. */
  readonly package: string;
  /**
   * The template's parameters by their names, where they differ from their defaults. They have to be known when the app is synthesised, since
   * the template's conditions decide by them: ARNs as text, not attributes of other constructs.
   */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
}

/**
 * Deploys spawn in the stack in which it is put, as the template of a release says: one in a stack. The stack's name is what spawn's path in IAM
 * and its names begin with, and should have at most 20 characters, so it is no nested stack.
 *
 * The parameters are decided here, those that are left out by the template's defaults. Parameters of CloudFormation would keep what an earlier
 * deployment gave them, whatever the code says by now (`cdk deploy --previous-parameters`, which is on by default).
 */
export class Spawn extends Construct {
  private readonly outputs: Json;

  constructor(scope: Construct, id: string, props: SpawnProps) {
    super(scope, id);
    const { Parameters: declared, Rules: rules, ...template } = JSON.parse(
      fs.readFileSync(path.join(props.package, 'spawn.template.json'), 'utf8'),
    );
    const values = valuesOf(declared, { ArtifactsBucket: assetsBucket(this), ...props.parameters });
    assertThatTheyFit(settled(rules, values));
    const code = new Asset(this, 'Code', { path: path.join(props.package, 'spawn.zip') });
    for (const resource of Object.values<Json>(template.Resources)) {
      if (resource.Properties?.CodeUri) {
        resource.Properties.CodeUri = { Bucket: code.s3BucketName, Key: code.s3ObjectKey };
      }
    }
    delete template.Metadata; // groups the parameters, which are gone
    delete template.AWSTemplateFormatVersion;
    this.outputs = settled(template.Outputs, values);
    new Fragment(this, 'Template', settled(template, values));
  }

  /** Returns one of the stack's outputs, such as LaunchStateMachineArn, for other constructs. */
  public output(name: string): string {
    const output = this.outputs[name];
    if (!output) {
      throw new Error(`The template has no output ${name}. It has ${Object.keys(this.outputs).join(', ')}.`);
    }
    // One that a condition guards is there only if it holds; nothing is then where it does not.
    return Token.asString(output.Condition ? Fn.conditionIf(output.Condition, output.Value, '') : output.Value);
  }
}

type Json = any;

/** Part of a stack's template, as it is. CfnInclude cannot take it: it does not know what SAM makes, such as the alias in EnsureRole.Alias. */
class Fragment extends CfnElement {
  constructor(scope: Construct, id: string, private readonly content: object) {
    super(scope, id);
  }

  /** Stack puts its template together by this; it is left out of CDK's types. */
  public _toCloudFormation(): object {
    return this.content;
  }
}

/** What the names of the buckets begin with from which CDK deploys: what instances may not change. */
function assetsBucket(scope: Construct): string {
  const qualifier = Stack.of(scope).synthesizer.bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
  return `cdk-${qualifier}-assets`;
}

/** Returns what takes the place of each parameter. */
function valuesOf(declared: Json, given: Record<string, ParameterValue>): Record<string, string | string[]> {
  const unknown = Object.keys(given).find(name => !(name in declared));
  if (unknown) {
    throw new Error(`parameters.${unknown}: The template has no such parameter. It has ${Object.keys(declared).join(', ')}.`);
  }
  const values: Record<string, string | string[]> = {};
  for (const [name, parameter] of Object.entries<Json>(declared)) {
    const value = given[name] ?? parameter.Default;
    const list = parameter.Type === 'CommaDelimitedList';
    const several: string[] = Array.isArray(value) ? value : list ? String(value).split(',') : [String(value)];
    if (list && several.length === 0) {
      several.push(''); // as CloudFormation has an empty list
    }
    for (const one of several) {
      if (Token.isUnresolved(one)) {
        throw new Error(`parameters.${name}: It has to be known when the app is synthesised, not only when it is deployed.`);
      }
      if (!isAllowed(parameter, one)) {
        throw new Error(`parameters.${name}: ${JSON.stringify(one)} is not allowed: ${parameter.ConstraintDescription ?? limits(parameter)}.`);
      }
    }
    if (!list && several.length !== 1) {
      throw new Error(`parameters.${name}: It takes one value, not a list.`);
    }
    values[name] = list ? several : several[0];
  }
  return values;
}

/** Whether CloudFormation would accept the value for the parameter. */
function isAllowed(parameter: Json, value: string): boolean {
  const number = parameter.Type === 'Number' ? Number(value) : 0;
  return (
    (parameter.AllowedValues?.map(String).includes(value) ?? true) &&
    new RegExp(parameter.AllowedPattern ?? '').test(value) &&
    value.length <= (parameter.MaxLength ?? Infinity) &&
    number >= (parameter.MinValue ?? -Infinity) &&
    number <= (parameter.MaxValue ?? Infinity)
  );
}

function limits(parameter: Json): string {
  return parameter.AllowedValues
    ? `it must be one of ${parameter.AllowedValues.join(', ')}`
    : `it must be a number from ${parameter.MinValue} to ${parameter.MaxValue}`;
}

/** Returns a part of the template with the values in place of the parameters. */
function settled(part: Json, values: Record<string, string | string[]>): Json {
  if (Array.isArray(part)) {
    return part.map(one => settled(one, values));
  }
  if (typeof part !== 'object' || part === null || Token.isUnresolved(part)) {
    return part;
  }
  if (part.Ref in values) {
    return values[part.Ref];
  }
  const made = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, settled(value, values)]));
  if (typeof made['Fn::Sub'] === 'string') {
    made['Fn::Sub'] = made['Fn::Sub'].replace(/\$\{(\w+)}/g, (all: string, name: string) => (name in values ? String(values[name]) : all));
  }
  return made;
}

/** Holds the values to the template's rules, which CloudFormation cannot, as they are no parameters any more. */
function assertThatTheyFit(rules: Json): void {
  for (const rule of Object.values<Json>(rules)) {
    const broken = holds(rule.RuleCondition) ? rule.Assertions.find((one: Json) => !holds(one.Assert)) : undefined;
    if (broken) {
      throw new Error(`parameters: ${broken.AssertDescription}`);
    }
  }
}

function holds(condition: Json): boolean {
  const [[name, of]] = Object.entries<Json>(condition);
  switch (name) {
    case 'Fn::Equals':
      return of[0] === of[1];
    case 'Fn::Not':
      return !holds(of[0]);
    case 'Fn::And':
      return of.every(holds);
    case 'Fn::Or':
      return of.some(holds);
    default:
      throw new Error(`A rule of the template has ${name}, which this construct does not know.`);
  }
}
