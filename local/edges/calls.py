"""What every call goes through: it is recorded, meets the faults that were asked for, and takes effect on its own."""

import datetime
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult, BaseResponse
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response
from moto.iam.responses import IamResponse

from edges import edge, starts
from edges.access import remember_access
from edges.control import control, one_call_at_a_time
from edges.iam import checked

Answer = tuple[int, dict[str, str], str | bytes]  # status, headers, body
Call = Callable[[BaseResponse], Answer]

# EC2's client errors are HTTP 400 but for these; moto answers 400 to all.
# https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html
HTTP_STATUS = {
    "DryRunOperation": 412,
    "UnauthorizedOperation": 403,
    "AccessDenied": 403,
    "RequestLimitExceeded": 503,
    "Unavailable": 503,
    "InternalError": 500,
    "InsufficientInstanceCapacity": 500,
    "ServiceFailure": 500,
}
RECORDED = (
    "DryRun",
    "ClientToken",
    "MinCount",
    "MaxCount",
    "ImageId",
    "InstanceType",
    "IamInstanceProfile",
    "InstanceIds",
    "Filters",
    "RoleName",
    "InstanceProfileName",
    "PolicyName",
    "PolicyArn",
    "NextToken",
    "Marker",
)


@edge(EC2Response, "call_action", "self")
def every_ec2_call(moto_call: Call) -> Call:
    def started(response: BaseResponse) -> Answer:
        starts.go_on()
        return moto_call(response)

    return every_call("ec2", started)


@edge(IamResponse, "call_action", "self")
def every_iam_call(moto_call: Call) -> Call:
    return every_call("iam", lambda response: checked(response, moto_call))


def every_call(service: str, moto_call: Call) -> Call:
    """Records the call and its error, applies faults, and lets calls take effect one after the other.

    moto's threads can both find a name free and both create it; AWS lets one of them win with EntityAlreadyExists.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    """

    def call(response: BaseResponse) -> Answer:
        operation = response._get_action()
        seen = recorded(response, service, operation)
        with one_call_at_a_time:
            control.calls.append(seen)
            remember_access(response, service, operation)
            fault = control.fault(operation, response.region, bool(seen.get("DryRun")))
            answer = None if fault and not fault.get("after") else moto_call(response)
            if fault:
                answer = refusal(response, fault)
        status, headers, body = answer
        seen["error"] = error_code(status, body)
        if seen["error"]:
            status = HTTP_STATUS.get(seen["error"], int(status))
            headers["status"] = str(status)
        return status, headers, body

    return call


def recorded(response: BaseResponse, service: str, operation: str) -> dict[str, Any]:
    known = {name: response._get_param(name) for name in RECORDED}
    return {
        "at": datetime.datetime.now(datetime.UTC).isoformat(),
        "service": service,
        "operation": operation,
        "region": response.region,
        "error": None,
        **{name: value for name, value in known.items() if value not in (None, [], {})},
    }


def refusal(response: BaseResponse, fault: dict[str, Any]) -> Answer:
    error = EC2ClientError(fault["code"], fault.get("message", f"{fault['code']} (asked for at /_edges)"))
    return response.serialized(ActionResult(error))


def error_code(status: int, body: str | bytes) -> str | None:
    """Returns the code of an answer that is an error, or None."""
    text = body.decode() if isinstance(body, bytes) else str(body)
    if "<Code>" not in text or int(status) < 400:
        return None
    return text.split("<Code>", 1)[1].split("</Code>", 1)[0]
