"""IAM's policy simulator, which moto lacks, and the form in which GetPolicyVersion shows what is to be simulated."""

import json
import re

from moto.core.responses import ActionResult
from moto.core.serialize import url_encode
from moto.iam.exceptions import InvalidInput, NotFoundException
from moto.iam.models import IAMBackend
from moto.iam.responses import IamResponse

from edges import edge
from simulator import Matched, Simulator, Verdict

# https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
edge.add(IamResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER, "GetPolicyVersionResponse.PolicyVersion.Document", url_encode)

ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")


@edge.method(IamResponse, "simulate_custom_policy")
def simulate_custom_policy(response: IamResponse) -> ActionResult:
    """Decides about each action on each resource.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html"""
    params = response.params
    boundaries = params.get("PermissionsBoundaryPolicyInputList") or []
    if not params.get("PolicyInputList"):
        raise InvalidInput("PolicyInputList must not be empty.")
    if len(boundaries) > 1:
        raise InvalidInput("PermissionsBoundaryPolicyInputList cannot exceed 1 items.")
    return decided(params, Simulator(params["PolicyInputList"], boundaries[0] if boundaries else None), {})


@edge.method(IamResponse, "simulate_principal_policy")
def simulate_principal_policy(response: IamResponse) -> ActionResult:
    """Decides by what a role holds, and by its boundary unless the call gives another. Users and groups are not
    simulated here.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html"""
    return decided(response.params, *of_principal(response.params, response.backend))


def of_principal(params: dict, backend: IAMBackend) -> tuple[Simulator, dict[str, str]]:
    """Returns what decides about a role, and its policies' names by the numbers that they have in it."""
    source = params["PolicySourceArn"]
    if ":role/" not in source:
        raise InvalidInput(f"Invalid Entity Arn: {source} does not clearly define entity type and name.")
    role = next((role for role in backend.get_roles() if role.arn == source), None)
    if role is None:
        raise NotFoundException(f"Could not find entity with the given arn {source}.")
    held = [(name, as_text(document)) for name, document in role.policies.items()]
    held += [(policy.name, default_version(backend, policy.arn)) for policy in role.managed_policies.values()]
    held += [(f"PolicyInputList.{at}", text) for at, text in enumerate(params.get("PolicyInputList") or [], 1)]
    boundary = params.get("PermissionsBoundaryPolicyInputList") or [
        default_version(backend, arn) for arn in [role.permissions_boundary_arn] if arn
    ]
    names = {f"PolicyInputList.{at}": name for at, (name, _) in enumerate(held, 1)}
    return Simulator([text for _, text in held], boundary[0] if boundary else None), names


def default_version(backend: IAMBackend, arn: str) -> str:
    policy = backend.get_policy(arn)
    version = next(version for version in policy.versions if version.version_id == policy.default_version_id)
    return as_text(version.document)


def as_text(document: str | dict) -> str:
    return document if isinstance(document, str) else json.dumps(document)


def decided(params: dict, simulator: Simulator, names: dict[str, str]) -> ActionResult:
    """Answers about each action on each resource; a policy that has a name is called by it."""
    context = {entry["ContextKeyName"]: entry["ContextKeyValues"] for entry in params.get("ContextEntries") or []}
    results = []
    for action in params["ActionNames"]:
        if not ACTION.fullmatch(action):
            raise InvalidInput(f"Invalid Input Actions: [{action}]")
        for resource in params.get("ResourceArns") or ["*"]:
            verdict = simulator.decide(action, resource, context)
            named = [matched._replace(source=names.get(matched.source, matched.source)) for matched in verdict.matched]
            results.append(evaluated(action, resource, verdict._replace(matched=named), simulator.missing(context)))
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})


def evaluated(action: str, resource: str, verdict: Verdict, missing: list[str]) -> dict:
    result = {
        "EvalActionName": action,
        "EvalResourceName": resource,
        "EvalDecision": verdict.decision,
        "MatchedStatements": [statement(matched) for matched in verdict.matched],
        "MissingContextValues": missing,
    }
    if verdict.within_boundary is not None:
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": verdict.within_boundary}
    return result


def statement(matched: Matched) -> dict:
    return {
        "SourcePolicyId": matched.source,
        "SourcePolicyType": "IAM Policy",
        "StartPosition": {"Line": matched.start.line, "Column": matched.start.column},
        "EndPosition": {"Line": matched.end.line, "Column": matched.end.column},
    }
