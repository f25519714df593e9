"""The one account that the server plays."""

import os

from moto.ec2.models import EC2Backend, ec2_backends
from moto.iam.models import IAMBackend, iam_backends

ACCOUNT = os.environ.get("MOTO_ACCOUNT_ID", "123456789012")


def iam() -> IAMBackend:
    return iam_backends[ACCOUNT]["aws"]


def ec2(region: str) -> EC2Backend:
    return ec2_backends[ACCOUNT][region]


def used_regions() -> list[EC2Backend]:
    """Returns EC2 in every region that has been asked for."""
    return list(ec2_backends[ACCOUNT].values())
