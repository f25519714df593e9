"""IAM: the bounds of parameters, and rules of roles and instance profiles."""

import copy
from collections.abc import Callable
from typing import Any

import botocore.model
import botocore.session
import regex
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.iam.exceptions import (
    EntityAlreadyExists,
    IAMException,
    InvalidInput,
    LimitExceededException,
    NotFoundException,
    ValidationError,
)
from moto.iam.models import IAMBackend
from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator
from moto.iam.responses import IamResponse

from edges import edge

iam_model = botocore.session.get_session().get_service_model("iam")


# --- Parameters -----------------------------------------------------------------------------------------------------


def checked(response: BaseResponse, moto_call: Callable) -> Any:
    """Holds IAM's parameters against its API model: lengths, characters, bounds; moto checks few of them.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html and each operation's own page"""
    try:
        check_shape(iam_model.operation_model(response._get_action()).input_shape, response.params, "")
        for tag in response.params.get("Tags", []):
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
            if "aws:" in (tag["Key"][:4], tag.get("Value", "")[:4]):
                raise InvalidInput("Tag keys and values starting with aws: are reserved.")
    except ServiceException as wrong:
        return response.serialized(ActionResult(wrong))
    return moto_call(response)


def check_shape(shape: botocore.model.Shape | None, value: Any, name: str) -> None:
    """Raises ValidationError if a parameter breaks the bounds of its shape; one that is missing breaks none."""
    if shape is None or value is None:
        return
    if shape.type_name == "structure":
        for member, inner in shape.members.items():
            check_shape(inner, value.get(member), member[0].lower() + member[1:])
    elif shape.type_name == "list":
        check_bounds(shape, len(value), name, "length")
        for item in value:
            check_shape(shape.member, item, name + ".member")
    elif shape.type_name == "string":
        check_bounds(shape, len(value), name, "length")
        pattern = shape.metadata.get("pattern")
        if pattern and not regex.fullmatch(pattern, value):
            raise violation(name, f"Member must satisfy regular expression pattern: {pattern}")
    elif shape.type_name == "integer":
        check_bounds(shape, int(value), name, "value")


def check_bounds(shape: botocore.model.Shape, number: int, name: str, of: str) -> None:
    least, most = shape.metadata.get("min", number), shape.metadata.get("max", number)
    if number < least:
        raise violation(name, f"Member must have {of} greater than or equal to {least}")
    if number > most:
        raise violation(name, f"Member must have {of} less than or equal to {most}")


def violation(name: str, constraint: str) -> ValidationError:
    return ValidationError(f"1 validation error detected: Value at '{name}' failed to satisfy constraint: {constraint}")


# --- Roles and instance profiles ------------------------------------------------------------------------------------


@edge(
    IAMBackend,
    "create_role",
    "self role_name assume_role_policy_document path permissions_boundary description tags max_session_duration"
    " linked_service",
)
def create_role(moto_create: Callable) -> Callable:
    """A name is taken in every case, and a trust policy is checked when the role is created; moto checks it when it is
    changed.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html"""

    def create(backend, role_name, assume_role_policy_document, *rest, **more):
        if role_name.lower() in {role.name.lower() for role in backend.get_roles()}:
            raise EntityAlreadyExists(f"Role with name {role_name} already exists.")
        IAMTrustPolicyDocumentValidator(assume_role_policy_document).validate()
        return moto_create(backend, role_name, assume_role_policy_document, *rest, **more)

    return create


@edge(IAMBackend, "create_instance_profile", "self name path role_names tags")
def create_instance_profile(moto_create: Callable) -> Callable:
    """A name is taken in every case; an id begins with AIPA.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes"""

    def create(backend, name, *rest, **more):
        if name.lower() in {profile.name.lower() for profile in backend.get_instance_profiles()}:
            raise EntityAlreadyExists(f"Instance Profile {name} already exists.")
        profile = moto_create(backend, name, *rest, **more)
        profile.id = "AIPA" + profile.id.upper()[:17]
        return profile

    return create


@edge(IAMBackend, "attach_role_policy", "self policy_arn role_name")
def attach_role_policy(moto_attach: Callable) -> Callable:
    """Only what is a policy's ARN, is not reserved for service-linked roles, and is not one too many.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

    def attach(backend, policy_arn, role_name):
        if not policy_arn.startswith("arn:"):
            raise InvalidInput(f"ARN {policy_arn} is not valid.")
        attached = backend.get_role(role_name).managed_policies
        if ":policy/aws-service-role/" in policy_arn:
            raise IAMException("PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.")
        if policy_arn not in attached and len(attached) >= 10:
            raise LimitExceededException("Cannot exceed quota for PoliciesPerRole: 10")
        moto_attach(backend, policy_arn, role_name)

    return attach


@edge(IAMBackend, "remove_role_from_instance_profile", "self profile_name role_name")
def remove_role_from_instance_profile(moto_remove: Callable) -> Callable:
    """Where moto fails without one of IAM's answers.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html"""

    def remove(backend, profile_name, role_name):
        if backend.get_role(role_name) not in backend.get_instance_profile(profile_name).roles:
            raise NotFoundException(f"Cannot find role {role_name} in instance profile {profile_name}")
        moto_remove(backend, profile_name, role_name)

    return remove


@edge(IamResponse, "list_instance_profiles", "self")
def list_instance_profiles(_moto_call: Callable) -> Callable:
    """By path, in pages, without tags; moto knows neither the path nor pages, and shows the tags.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html"""

    def call(response):
        first, most = int(response.params.get("Marker", 0)), response.params.get("MaxItems", 100)
        under = response.params.get("PathPrefix", "/")
        found = [profile for profile in response.backend.get_instance_profiles() if profile.path.startswith(under)]
        page = [copy.copy(profile) for profile in found[first : first + most]]
        for profile in page:
            profile.tags = None
        more = {"Marker": str(first + most)} if len(found) > first + most else {}
        return ActionResult({"InstanceProfiles": page, "IsTruncated": bool(more), **more})

    return call
