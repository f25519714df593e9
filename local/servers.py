"""Calls to the local servers with the standard library alone: an SDK takes longer to load, AWS's CLI longer still."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
from typing import Any


def call(service: str, target: str, **parameters: Any) -> Any:
    """Returns the answer in AWS's JSON protocol; raises OSError with the server's words if it refuses the call."""
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target}
    return json.loads(send(service, target, json.dumps(parameters).encode(), headers))


def query(service: str, action: str, **parameters: str) -> ET.Element:
    """Returns the answer in AWS's query protocol; raises OSError with the server's words if it refuses the call."""
    body = urllib.parse.urlencode({"Action": action, **parameters}).encode()
    return ET.fromstring(send(service, action, body, {"Content-Type": "application/x-www-form-urlencoded"}))


def describe_stack(name: str) -> dict[str, str]:
    """Returns a stack's outputs."""
    answer = query("cloudformation", "DescribeStacks", Version="2010-05-15", StackName=name)
    outputs = answer.iterfind(".//{*}Outputs/{*}member")
    return {output.findtext("{*}OutputKey", ""): output.findtext("{*}OutputValue", "") for output in outputs}


def send(service: str, what: str, body: bytes, headers: dict[str, str]) -> bytes:
    # Not a signature: it only tells the server which service and region are meant.
    signed = (
        f"AWS4-HMAC-SHA256 Credential=local/20260101/{os.environ['AWS_DEFAULT_REGION']}/{service}/aws4_request, "
        "SignedHeaders=host, Signature=none"
    )
    url = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}", os.environ["AWS_ENDPOINT_URL"])
    request = urllib.request.Request(url, body, {**headers, "Authorization": signed})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()
    except urllib.error.HTTPError as refusal:
        raise OSError(f"{what}: {refusal.read().decode()}") from None
