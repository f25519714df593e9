"""What EC2 knows of instance profiles: it learns of IAM's changes late, and keeps associations."""

import collections
import datetime
import time
from collections.abc import Callable

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.iam_instance_profile import IamInstanceProfileAssociation
from moto.ec2.responses import EC2Response
from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend, InstanceProfile

from edges import edge
from edges.account import iam
from edges.control import control


@edge(IAMBackend, "add_role_to_instance_profile", "self profile_name role_name")
def remember_when_the_role_came(moto_add: Callable) -> Callable:
    def add_role_to_instance_profile(backend, profile_name, role_name):
        moto_add(backend, profile_name, role_name)
        backend.get_instance_profile(profile_name).role_added = time.time()

    return add_role_to_instance_profile


replica: collections.Counter[str] = collections.Counter()


def profile_as_ec2_sees_it(region: str, wanted: dict[str, str]) -> InstanceProfile:
    """Returns the profile of a request, or raises what EC2 answers while it does not know it.

    IAM's changes reach EC2 after some seconds, at each of its servers on its own: one answer does not prove the next
    one. Here two servers take turns, one slower than the other, and the profile comes before its role.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency
    The messages, word for word, as Karpenter and Terraform wait for them:
    https://github.com/aws/karpenter-provider-aws/blob/main/pkg/errors/errors.go
    https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/ec2_instance.go
    """
    name, arn = wanted.get("Name"), wanted.get("Arn")
    if name and arn:
        raise EC2ClientError(
            "InvalidParameterCombination",
            "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'",
        )
    try:
        profile = iam().get_instance_profile_by_arn(arn) if arn else iam().get_instance_profile(name)
    except NotFoundException:
        profile = None
    replica[region] += 1
    delay = control.region_delays.get(region, control.profile_delay) * (1 if replica[region] % 2 else 0.8)
    now = time.time()
    if not profile or now < profile.create_date.replace(tzinfo=datetime.UTC).timestamp() + 0.75 * delay:
        what = "arn" if arn else "name"
        raise EC2ClientError(
            "InvalidParameterValue",
            f"Value ({arn or name}) for parameter iamInstanceProfile.{what} is invalid. "
            f"Invalid IAM Instance Profile {'ARN' if arn else 'name'}",
        )
    if not profile.roles or now < getattr(profile, "role_added", 0) + delay:
        raise EC2ClientError(
            "InvalidParameterValue", f'IAM Instance Profile "{profile.arn}" has no associated IAM Roles'
        )
    return profile


@edge(EC2Response, "associate_iam_instance_profile", "self")
def associate_iam_instance_profile(moto_call: Callable) -> Callable:
    """It meets the same delay as a launch; moto knows every profile at once, and takes instances in every state.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateIamInstanceProfile.html
    The refusal, word for word: https://github.com/Enterprise-CMCS/eAPD/issues/2304"""

    def call(response):
        instance = response.ec2_backend.get_instance(response.params["InstanceId"])
        if instance.state not in ("running", "stopped"):
            raise EC2ClientError(
                "IncorrectInstanceState", f"The instance '{instance.id}' is not in the 'running' or 'stopped' states."
            )
        profile_as_ec2_sees_it(response.region, response.params.get("IamInstanceProfile") or {})
        return moto_call(response)

    return call


@edge(EC2Response, "replace_iam_instance_profile_association", "self")
def replace_iam_instance_profile_association(moto_call: Callable) -> Callable:
    """A new association, on running instances only; moto changes the old one, and not what the instance shows.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceIamInstanceProfileAssociation.html
    The refusal, word for word: https://github.com/aws/aws-cli/issues/5251"""

    def call(response):
        ec2, association_id = response.ec2_backend, response.params["AssociationId"]
        check_association_id(association_id)
        found, _ = ec2.describe_iam_instance_profile_associations([association_id])
        if not found:
            return moto_call(response)  # which refuses it
        if found[0].instance.state != "running":
            raise EC2ClientError("IncorrectState", f"The association {association_id} is not the active association")
        profile = profile_as_ec2_sees_it(response.region, response.params.get("IamInstanceProfile") or {})
        ec2.disassociate_iam_instance_profile(association_id)
        made = ec2.associate_iam_instance_profile(found[0].instance.id, iam_instance_profile_arn=profile.arn)
        return ActionResult({"IamInstanceProfileAssociation": made})

    return call


@edge(EC2Response, "disassociate_iam_instance_profile", "self")
def disassociate_iam_instance_profile(moto_call: Callable) -> Callable:
    def call(response):
        check_association_id(response.params["AssociationId"])
        return moto_call(response)

    return call


def check_association_id(association_id: str) -> None:
    """The refusal, word for word: https://github.com/aws/aws-cli/issues/2570"""
    if not association_id.startswith("iip-assoc-"):
        raise EC2ClientError("InvalidParameterValue", "Invalid value for associationId.")


@edge(IamInstanceProfileAssociation, "__init__", "self ec2_backend association_id instance iam_instance_profile")
def instances_show_their_profile_id(moto_init: Callable) -> Callable:
    """An instance's IamInstanceProfile.Id is the profile's (AIPA…), moto gives the association's.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IamInstanceProfile.html"""

    def init(association, ec2_backend, association_id, instance, iam_instance_profile):
        moto_init(association, ec2_backend, association_id, instance, iam_instance_profile)
        instance.iam_instance_profile = {"Arn": iam_instance_profile.arn, "Id": iam_instance_profile.id}

    return init


@edge(EC2Response, "describe_iam_instance_profile_associations", "self")
def describe_iam_instance_profile_associations(moto_call: Callable) -> Callable:
    """Two filters and no other, pages of 5 to 1,000. Their size is called MaxResults; moto looks for MaxItems, and so
    sends pages of 100.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIamInstanceProfileAssociations.html"""

    def call(response):
        for wanted in response.params.get("Filters", []):
            if wanted["Name"] not in ("instance-id", "state"):
                raise EC2ClientError("InvalidParameterValue", f"The filter '{wanted['Name']}' is invalid")
        size = response.params.get("MaxResults")
        if size is not None and not 5 <= size <= 1000:
            raise EC2ClientError("InvalidParameterValue", f"Value ( {size} ) for parameter maxResults is invalid.")
        response.params["MaxItems"] = size
        return moto_call(response)

    return call
