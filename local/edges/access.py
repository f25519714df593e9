"""What functions' calls are about, for tests that hold it against the template's policies."""

import json
from typing import Any

import regex
from moto.core.responses import BaseResponse
from moto.ec2.models import EC2Backend
from moto.ec2.models.instances import Instance
from moto.iam.models import InstanceProfile, Role

from edges.account import iam
from edges.control import control

ABOUT = (
    "RoleName",
    "InstanceProfileName",
    "Arn",
    "PolicyArn",
    "Path",
    "PermissionsBoundary",
    "Tags",
    "TagKeys",
    "ImageId",
    "TagSpecifications",
    "IamInstanceProfile",
    "InstanceId",
    "AssociationId",
)


def remember_access(response: BaseResponse, service: str, operation: str) -> None:
    """Remembers a function's call: who calls, what the call names, and the state of the role, profile and instance."""
    function = calling_function(response.headers.get("User-Agent", ""))
    if not function:
        return
    params = response.params
    profiles = named_profiles(params)
    instance = named_instance(response.ec2_backend, params) if service == "ec2" else None
    access = {
        "function": function,
        "service": service,
        "operation": operation,
        "region": response.region,
        "parameters": {name: params[name] for name in ABOUT if name in params},
        "roles": [
            {"name": role.name, "path": role.path, "boundary": role.permissions_boundary_arn, "tags": role.tags}
            for role in named_roles(params, profiles)
        ],
        "profiles": [
            {
                "name": profile.name,
                "path": profile.path,
                "tags": profile.tags,
                "roles": [role.name for role in profile.roles],
            }
            for profile in profiles
        ],
        "instanceTags": [{"Key": tag["key"], "Value": tag["value"]} for tag in instance.get_tags()] if instance else [],
    }
    control.accesses.add(json.dumps(access, default=str))


def calling_function(user_agent: str) -> str | None:
    """Returns the name of the function that calls, or None: local/bootstrap makes it its SDK's application id.
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html"""
    found = regex.search(r"\bapp/(\w+)", user_agent)
    return found[1] if found else None


def named_profiles(params: dict[str, Any]) -> list[InstanceProfile]:
    """Returns the profile that a call names by its name or ARN, in a list, or nothing."""
    wanted = params.get("IamInstanceProfile") or {"Name": params.get("InstanceProfileName")}
    return [
        profile for profile in iam().get_instance_profiles() if wanted in ({"Name": profile.name}, {"Arn": profile.arn})
    ]


def named_roles(params: dict[str, Any], profiles: list[InstanceProfile]) -> list[Role]:
    """Returns the role that a call names, and those in the profiles."""
    return [
        role
        for role in iam().get_roles()
        if role.name == params.get("RoleName") or any(role in profile.roles for profile in profiles)
    ]


def named_instance(ec2: EC2Backend, params: dict[str, Any]) -> Instance | None:
    """Returns the instance that a call names itself, or by its association, or None."""
    for association in ec2.iam_instance_profile_associations.values():
        if association.association_id == params.get("AssociationId"):
            return association.instance
    for reservation in ec2.reservations.values():
        for instance in reservation.instances:
            if instance.id == params.get("InstanceId"):
                return instance
    return None
