// judge.mjs FILE...: asks @cloud-copilot/iam-simulate for its verdict on each request that a test has decided, and compares.
// Of the simulated IAM's verdicts (PolicySimulatorTest) none may differ but the cases of known.json.
// Prints one line if every disagreement is listed in known.json and each listed one occurs; else what differs, and fails.
import { readFile } from 'node:fs/promises'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const account = '123456789012'
const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
// What keys and roles say themselves, whom IAM asks too: a key leaves it to the account's policies, and a role trusts everybody.
const trusting = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' }]
}
const trusts = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'] }]
}
const principal = `arn:aws:iam::${account}:role/judged`
const known = JSON.parse(await readFile(new URL('known.json', import.meta.url)))
const occurred = new Set()

function pattern(text) {
  return new RegExp('^' + text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*') + '$')
}

function listed(kind, action, resource, differs) {
  const found = known[kind].filter((one) => pattern(one.action).test(action) && pattern(one.resource).test(resource) && one.differs === differs)
  found.forEach((one) => occurred.add(one))
  return found.length > 0
}

function context(values) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, key === 'aws:TagKeys' ? value.split(',') : value]))
}

/** A resource control policy holds denials only; what it leaves is allowed by a policy that is always there. */
function denials(policy) {
  return { ...policy, Statement: policy.Statement.filter((statement) => statement.Effect === 'Deny') }
}

async function judge(policy, request) {
  const ofResources = policy.Statement.some((statement) => statement.Principal !== undefined)
  const result = await runSimulation({
    request: {
      principal,
      action: request.action,
      resource: { resource: request.resource, accountId: account },
      contextVariables: context(request.context)
    },
    identityPolicies: [{ name: 'judged', policy: ofResources ? everything : policy }],
    serviceControlPolicies: [],
    resourceControlPolicies: ofResources ? [{ orgIdentifier: 'o-judged', policies: [{ name: 'judged', policy: denials(policy) }] }] : [],
    resourcePolicy: request.action.startsWith('kms:') ? trusting : ofResources ? trusts : undefined
  }, {})
  return result.resultType === 'error' ? { error: JSON.stringify(result.errors.identityPolicyErrors ?? result.errors.message) }
    : { allowed: result.overallResult === 'Allowed' }
}

const decisions = { Allowed: 'allowed', ExplicitlyDenied: 'explicitDeny', ImplicitlyDenied: 'implicitDeny' }

/** What the simulated IAM decided of documents as they are, with a boundary: SimulateCustomPolicy of an identity. */
async function simulate(group, request) {
  const result = await runSimulation({
    request: {
      principal,
      action: request.action,
      resource: { resource: request.resource, accountId: account },
      contextVariables: Object.fromEntries(Object.entries(request.context).map(([key, values]) => [key, key === 'aws:CalledVia' ? values : values[0]]))
    },
    identityPolicies: group.policies.map((policy, index) => ({ name: `PolicyInputList.${index + 1}`, policy: JSON.parse(policy) })),
    permissionBoundaryPolicies: group.boundary && [{ name: 'boundary', policy: JSON.parse(group.boundary) }],
    serviceControlPolicies: [],
    resourceControlPolicies: []
  }, {})
  return result.resultType === 'error' ? { error: JSON.stringify(result.errors) } : { decision: decisions[result.overallResult] ?? result.overallResult }
}

let agreed = 0
let disagreed = 0
let unjudged = 0
let simulated = 0
const complaints = []
for (const file of process.argv.slice(2)) {
  const { policies, requests, simulated: groups } = JSON.parse(await readFile(file))
  for (const group of groups ?? []) {
    for (const request of group.requests) {
      const { decision, error } = await simulate(group, request)
      if (decision === request.decision) {
        simulated++
      } else {
        complaints.push(`simulated ${request.decision} here, ${decision ?? error} there: ${JSON.stringify({ ...group, requests: [request] })}`)
      }
    }
  }
  for (const request of requests ?? []) {
    const verdict = await judge(policies[request.policy], request)
    const said = `${request.action} on ${request.resource}, policy ${request.policy}, ${JSON.stringify(request.context)}`
    if (verdict.error !== undefined) {
      unjudged++
      if (!listed('unjudged', request.action, request.resource)) complaints.push(`not judged (${verdict.error}): ${said}`)
    } else if (verdict.allowed === request.allowed) {
      agreed++
    } else {
      disagreed++
      const differs = request.allowed ? 'allowed here, denied there' : 'denied here, allowed there'
      if (!listed('disagreements', request.action, request.resource, differs)) complaints.push(`${differs}: ${said}`)
    }
  }
}
for (const one of known.simulated) {
  const { decision } = await simulate({ policies: [JSON.stringify(one.policy)] }, one)
  if (decision !== one.there) complaints.push(`listed as ${one.there}, and decided ${decision}: ${JSON.stringify(one)}`)
}
for (const kind of ['disagreements', 'unjudged']) {
  known[kind].filter((one) => !occurred.has(one)).forEach((one) => complaints.push(`listed, and does not occur: ${JSON.stringify(one)}`))
}
if (simulated > 0 && simulated < 10000) complaints.push(`only ${simulated} simulated verdicts to compare`)
if (agreed < 3000) complaints.push(`only ${agreed} verdicts to compare`)
if (complaints.length > 0) {
  console.error(complaints.join('\n'))
  process.exitCode = 1
} else {
  console.log(`${agreed} verdicts agree, ${disagreed} differ and ${unjudged} cannot be judged as listed; ${simulated} of the simulated IAM agree`)
}
