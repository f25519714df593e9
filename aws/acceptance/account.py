"""The account that a run is about: whose it is, where, and clients for its services."""

import dataclasses
import os
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# moto plays these two of the local servers, ministack the others.
ON_MOTO = ("iam", "ec2")
WORKS_WITHIN = 180  # seconds in which IAM lets a new role be taken on, and shows its policy


def client_of(session: boto3.Session, service: str, local: bool) -> Any:
    """Returns a client; `local` ones are given their address here, since not every service heeds the environment's."""
    endpoint = None
    if local:
        endpoint = os.environ["AWS_ENDPOINT_URL_IAM" if service in ON_MOTO else "AWS_ENDPOINT_URL"]
    retries: Any = {"mode": "standard", "max_attempts": 8}
    return session.client(service, endpoint_url=endpoint, config=Config(retries=retries))


def code_of(refusal: ClientError) -> str:
    return refusal.response.get("Error", {}).get("Code", "")


@dataclasses.dataclass
class Account:
    """The caller's account and region."""

    session: boto3.Session
    local: bool

    def __post_init__(self) -> None:
        self._clients: dict[str, Any] = {}
        identity = self.client("sts").get_caller_identity()
        self.id: str = identity["Account"]
        self.caller: str = identity["Arn"]
        self.region: str = self.session.region_name
        self.partition: str = self.session.get_partition_for_region(self.region)

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = client_of(self.session, service, self.local)
        return self._clients[service]

    def elsewhere(self, region: str) -> "Account":
        """Returns the same account in another region."""
        profile = self.session.profile_name
        named = profile if profile in self.session.available_profiles else None
        return Account(boto3.Session(region_name=region, profile_name=named), self.local)

    @property
    def iam_of_stacks(self) -> Any:
        """The IAM in which CloudFormation makes what a template asks for: of the local servers' two, ministack's."""
        if self.local:
            return self.session.client("iam", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
        return self.client("iam")

    def arn(self, service: str, resource: str, region: bool = True) -> str:
        return f"arn:{self.partition}:{service}:{self.region if region else ''}:{self.id}:{resource}"

    def environment(self) -> dict[str, str]:
        """Returns this process's environment, with the region where no option may name it."""
        return {**os.environ, "AWS_DEFAULT_REGION": self.region, "AWS_REGION": self.region}


def environment_of(key: str, secret: str, token: str | None, region: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")}
    given = {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
    }
    kept.pop("AWS_SESSION_TOKEN", None)
    return {**kept, **given, **({"AWS_SESSION_TOKEN": token} if token else {})}


@dataclasses.dataclass(frozen=True)
class Credentials:
    """Those of a role that was taken on."""

    key: str
    secret: str
    token: str

    def session(self, region: str) -> boto3.Session:
        return boto3.Session(self.key, self.secret, self.token, region)


def take_on(account: Account, role: str, external_id: str, wait: Callable[[float], None] = time.sleep) -> Credentials:
    """Returns credentials of a role, which IAM may have made just now.

    An hour is the longest that a caller who is in a role already is given:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
    """
    deadline = time.monotonic() + WORKS_WITHIN
    while True:
        try:
            answer = account.client("sts").assume_role(
                RoleArn=role, RoleSessionName="accept", ExternalId=external_id, DurationSeconds=3600
            )["Credentials"]
            return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])
        except ClientError as refusal:
            if code_of(refusal) != "AccessDenied" or time.monotonic() > deadline:
                raise
            wait(3)
