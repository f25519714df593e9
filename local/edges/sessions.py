"""What may be called with a role's temporary keys, as an instance has them: what IAM lets the role do.

moto decides about every caller's requests or about none's, and by actions alone. Here requests with temporary keys that
AssumeRole has given are decided by the role's policies and its boundary; other keys, such as those of the stack's
functions, are a caller's who may do everything.
"""

import json
from collections.abc import Callable
from typing import Any

from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.responses import BaseResponse
from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend, Role, iam_backends
from moto.sts.models import AssumedRole, sts_backends

from edges import edge
from edges.simulation import as_text, default_version
from simulator import Simulator, as_list


@edge(ActionAuthenticatorMixin, "_authenticate_and_authorize_action", "self iam_request_cls resource")
def decided_by_iam(moto_decide: Callable) -> Callable:
    """Refuses what IAM does not allow the role, in the words of the service that is asked."""

    def decide(response: BaseResponse, iam_request_cls: type, resource: str = "*") -> None:
        session = session_of(response)
        if session is None:
            moto_decide(response, iam_request_cls, resource)
            return
        request = iam_request_cls(
            account_id=session.account_id,
            method=response.method,
            path=response.raw_path,
            data=response.data,
            body=response.raw_body,
            headers=response.headers,
            action=response._get_action(),
        )
        if not may(session, request._action, resource):
            request._raise_access_denied()

    return decide


@edge(BaseResponse, "get_current_account", "self")
def account_of_the_caller(moto_account: Callable) -> Callable:
    """The server plays one account, but for callers who have assumed a role of another one. Whoever names an account in
    moto's own header, is in that."""

    def account(response: BaseResponse) -> str:
        named = response.headers.get("x-moto-account-id")
        session = session_of(response)
        return named or (session.account_id if session else moto_account(response))

    return account


def session_of(response: BaseResponse) -> AssumedRole | None:
    """Returns the session of the role whose temporary keys a request is signed with, or None."""
    if not response.headers.get("X-Amz-Security-Token") or not response.headers.get("Authorization"):
        return None
    key = response.get_access_key()
    found = (
        backend.get_assumed_role_from_access_key(key)
        for account in list(sts_backends.values())
        for backend in list(account.values())
    )
    return next(filter(None, found), None)


def may(session: AssumedRole, action: str, resource: str) -> bool:
    """Returns whether the role exists, and its policies and its boundary allow the action."""
    if action == "sts:GetCallerIdentity":
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: needs no permission.
        return True
    role = role_of(session.role_arn)
    if role is None:
        return False
    context = {"aws:PrincipalArn": [role.arn], "aws:PrincipalAccount": [session.account_id]}
    simulator = Simulator(policies_of(role), boundary_of(role))
    return simulator.decide(action, resource, context).decision == "allowed" and (
        action != "sts:AssumeRole" or trusts(role_of(resource), role)
    )


def iam_of(arn: str) -> IAMBackend:
    _, partition, _, _, account, _ = arn.split(":", 5)
    return iam_backends[account][partition]


def role_of(arn: str) -> Role | None:
    try:
        role = iam_of(arn).get_role(arn.rpartition("/")[2])
    except NotFoundException:
        return None
    return role if role.arn == arn else None


def policies_of(role: Role) -> list[str]:
    """Returns all that a role holds, as texts."""
    managed = (default_version(iam_of(role.arn), policy.arn) for policy in role.managed_policies.values())
    return [*map(as_text, role.policies.values()), *managed]


def boundary_of(role: Role) -> str | None:
    arn = role.permissions_boundary_arn
    return default_version(iam_of(role.arn), arn) if arn else None


def trusts(role: Role | None, caller: Role) -> bool:
    """Returns whether a role's trust policy lets another role assume it. Between accounts both sides must agree.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html"""
    if role is None:
        return False
    account = caller.arn.split(":")[4]
    names = {"*", account, f"arn:aws:iam::{account}:root", caller.arn}
    statements: list[dict[str, Any]] = as_list(json.loads(role.assume_role_policy_document)["Statement"])
    return any(
        statement["Effect"] == "Allow"
        and "sts:AssumeRole" in as_list(statement["Action"])
        and names.intersection(as_list(statement["Principal"].get("AWS", [])))
        for statement in statements
    )
