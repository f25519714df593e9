"""Prints the caller's credentials as SDKs ask a process for them: python -m acceptance.credentials

Java's SDK, without the parts that know SSO and roles, has them from here, and asks again before they end:
https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
"""

import datetime
import json

import boto3

# Botocore renews its own when they have less time left than this.
VALID = datetime.timedelta(minutes=5)


def printed(session: boto3.Session, now: datetime.datetime) -> str:
    keys = session.get_credentials().get_frozen_credentials()
    answer = {"Version": 1, "AccessKeyId": keys.access_key, "SecretAccessKey": keys.secret_key}
    if keys.token:
        answer["SessionToken"] = keys.token
    return json.dumps({**answer, "Expiration": (now + VALID).isoformat(timespec="seconds").replace("+00:00", "Z")})


if __name__ == "__main__":
    print(printed(boto3.Session(), datetime.datetime.now(datetime.UTC)))
