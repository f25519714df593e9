"""IAM's reports of what roles have used, which moto lacks: "used" of /_edges says what that was."""

import datetime
import json
import uuid
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.iam.exceptions import NotFoundException
from moto.iam.models import Role
from moto.iam.responses import IamResponse

from edges import edge
from edges.control import control
from edges.sessions import policies_of

# A small part of what IAM tracks; objects, messages and items are not among it.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed-action-last-accessed.html
TRACKED = {
    "ec2": ("DescribeInstances", "RunInstances", "StopInstances"),
    "s3": ("CreateBucket", "DeleteBucket", "ListAllMyBuckets"),
    "sqs": ("CreateQueue", "DeleteQueue", "ListQueues"),
}

reports: dict[str, list[dict[str, Any]]] = {}  # job -> services
unasked: set[str] = set()  # jobs that nobody has asked for: the first answer is that they are in progress


@edge.method(IamResponse, "generate_service_last_accessed_details")
def generate_service_last_accessed_details(response: IamResponse) -> ActionResult:
    """Begins a report of the services that a role's policies allow.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html"""
    role = response.backend.get_role(response.params["Arn"].rsplit("/", 1)[1])
    job = str(uuid.uuid4())
    used = {
        action: utcnow() - datetime.timedelta(seconds=seconds)
        for action, seconds in control.used.get(role.name, {}).items()
    }
    actions = response.params.get("Granularity") == "ACTION_LEVEL"
    reports[job] = [service_report(service, used, actions) for service in sorted(granted_services(role))]
    unasked.add(job)
    return ActionResult({"JobId": job})


@edge.method(IamResponse, "get_service_last_accessed_details")
def get_service_last_accessed_details(response: IamResponse) -> ActionResult:
    """Says that the report is in progress, and the next time what it says.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html"""
    job = response.params["JobId"]
    if job not in reports:
        raise NotFoundException(f"Job {job} cannot be found.")
    if job in unasked:
        unasked.remove(job)
        return ActionResult({"JobStatus": "IN_PROGRESS", "JobCreationDate": utcnow()})
    return ActionResult(
        {
            "JobStatus": "COMPLETED",
            "JobType": "ACTION_LEVEL",
            "JobCreationDate": utcnow(),
            "JobCompletionDate": utcnow(),
            "ServicesLastAccessed": reports[job],
            "IsTruncated": False,
        }
    )


def granted_services(role: Role) -> set[str]:
    """Returns the services whose actions the role's policies name."""
    return services_of([json.loads(document) for document in policies_of(role)])


def services_of(documents: list[dict[str, Any]]) -> set[str]:
    """Returns the services whose actions some documents name; all that are tracked for every action."""
    services: set[str] = set()
    for document in documents:
        statements = document["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            actions = statement.get("Action", [])
            for action in actions if isinstance(actions, list) else [actions]:
                services |= {action.split(":")[0]} if ":" in action else set(TRACKED)
    return services


def service_report(service: str, used: dict[str, datetime.datetime], actions: bool) -> dict[str, Any]:
    """Says when a service was used last, and when each action that is tracked; nothing of the actions if it was not."""
    last = max((at for action, at in used.items() if action.startswith(service + ":")), default=None)
    report: dict[str, Any] = {"ServiceName": service, "ServiceNamespace": service, "TotalAuthenticatedEntities": 0}
    if last is None:
        return report
    report |= {"LastAuthenticated": last, "TotalAuthenticatedEntities": 1}
    if actions:
        report["TrackedActionsLastAccessed"] = [
            {"ActionName": name} | ({"LastAccessedTime": at} if (at := used.get(f"{service}:{name}")) else {})
            for name in TRACKED.get(service, ())
        ]
    return report
