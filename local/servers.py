"""Calls to the local servers in AWS's JSON protocol, with the standard library alone: an SDK takes longer to load."""

import json
import os
import urllib.error
import urllib.request
from typing import Any


def call(service: str, target: str, **parameters: Any) -> Any:
    """Returns the answer; raises OSError with the server's words if it refuses the call."""
    request = urllib.request.Request(
        os.environ["AWS_ENDPOINT_URL"],
        json.dumps(parameters).encode(),
        {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": target,
            # Not a signature: it only tells the server which service and region are meant.
            "Authorization": "AWS4-HMAC-SHA256 "
            f"Credential=local/20260101/{os.environ['AWS_DEFAULT_REGION']}/{service}/aws4_request, "
            "SignedHeaders=host, Signature=none",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        raise OSError(f"{target}: {refusal.read().decode()}") from None
