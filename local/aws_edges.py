"""moto's server for IAM and EC2, with the AWS behaviour that moto 5.2.5 lacks.

Each difference is one function below, with the source of AWS's rule. What moto does right is left alone.
While it runs, GET /_edges shows its settings and the calls it has seen; POST /_edges changes settings, see `Edges`;
DELETE /_edges forgets roles, profiles, instances and calls. GET /_edges/access shows what functions' calls were about.

    python local/aws_edges.py PORT [URL-OF-THE-SERVER-WITH-EVENTBRIDGE-AND-SQS]
"""
import base64
import collections
import contextlib
import copy
import datetime
import json
import os
import queue
import sys
import threading
import time
import uuid

import botocore.exceptions
import botocore.session
import moto.ec2.utils
import regex
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidInstanceTypeError
from moto.ec2.models import ec2_backends
from moto.ec2.models.iam_instance_profile import IamInstanceProfileAssociation
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS
from moto.ec2.responses import EC2Response
from moto.ec2.utils import filter_dict_attribute_mapping
from moto.iam.exceptions import (
    EntityAlreadyExists, IAMException, InvalidInput, LimitExceededException, NotFoundException, ValidationError)
from moto.iam.models import IAMBackend, iam_backends
from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator
from moto.iam.responses import IamResponse
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.ssm.models import ssm_backends
from werkzeug.serving import run_simple

ACCOUNT = os.environ.get("MOTO_ACCOUNT_ID", "123456789012")


class Edges:
    """What /_edges shows and changes.

    A fault makes calls fail: {"operation": "DescribeInstances", "region": "eu-west-1", "code": "Unavailable"}, with
    "message", "times" (default: until the faults are changed), "after" (true: the call takes effect, its answer is lost)
    and "dryRun" (false: not for dry runs). Without a region it holds in all of them. {"ages": {"role": 172800}} makes a role
    two days older.
    """

    def __init__(self):
        self.profile_delay = float(os.environ.get("SPAWN_EDGES_PROFILE_DELAY", "8"))  # seconds
        self.region_delays = {}  # region -> seconds, where it differs
        self.faults = []
        self.events = True  # False: EC2's events get lost, as "best effort" allows
        self.ages = {}  # role -> seconds that it becomes older by, at once
        self.calls = collections.deque(maxlen=20_000)
        self.accesses = set()  # what functions' calls were about, each once; forgetting the calls does not forget these

    def shown(self):
        return {"profileDelay": self.profile_delay, "regionDelays": self.region_delays, "faults": self.faults,
                "events": self.events, "ages": self.ages, "calls": list(self.calls)}

    def change(self, wanted):
        unknown = wanted.keys() - self.shown().keys()
        if unknown:
            raise ValueError(f"no such setting: {', '.join(sorted(unknown))}")
        self.profile_delay = float(wanted.get("profileDelay", self.profile_delay))
        self.region_delays = dict(wanted.get("regionDelays", self.region_delays))
        self.faults = list(wanted.get("faults", self.faults))
        self.events = bool(wanted.get("events", self.events))
        self.ages = dict(wanted.get("ages", {}))
        for name, seconds in self.ages.items():
            iam_backends[ACCOUNT]["aws"].get_role(name).create_date -= datetime.timedelta(seconds=seconds)
        if "calls" in wanted:
            self.calls.clear()

    def fault(self, operation, region, dry_run):
        for fault in self.faults:
            if fault.get("times", 1) > 0 and fault.get("operation") == operation \
                    and fault.get("region", region) == region and fault.get("dryRun", dry_run) == dry_run:
                if "times" in fault:
                    fault["times"] -= 1
                return fault
        return None


edges = Edges()
one_call_at_a_time = threading.RLock()


# --- Every call -----------------------------------------------------------------------------------------------------

# EC2's client errors are HTTP 400 but for these; moto answers 400 to all.
# https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html
HTTP_STATUS = {"DryRunOperation": 412, "UnauthorizedOperation": 403, "RequestLimitExceeded": 503, "Unavailable": 503,
               "InternalError": 500, "InsufficientInstanceCapacity": 500, "ServiceFailure": 500, "AccessDenied": 403}
RECORDED = ("DryRun", "ClientToken", "MinCount", "MaxCount", "ImageId", "InstanceType", "IamInstanceProfile", "InstanceIds",
            "Filters", "RoleName", "InstanceProfileName", "PolicyName", "PolicyArn", "NextToken", "Marker")


def every_call(service, moto_call):
    """Records the call and its error, applies faults, and lets calls take effect one after the other.

    moto's threads can both find a name free and both create it; AWS lets one of them win with EntityAlreadyExists.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    """
    def call(response):
        operation = response._get_action()
        known = {name: response._get_param(name) for name in RECORDED}
        seen = {"at": datetime.datetime.now(datetime.timezone.utc).isoformat(), "service": service, "operation": operation,
                "region": response.region, "error": None, **{k: v for k, v in known.items() if v not in (None, [], {})}}
        with one_call_at_a_time:
            edges.calls.append(seen)
            remember_access(response, service, operation)
            fault = edges.fault(operation, response.region, bool(known["DryRun"]))
            if fault and not fault.get("after"):
                answer = refusal(response, fault)
            else:
                answer = checked(response, moto_call) if service == "iam" else moto_call(response)
                if fault:
                    answer = refusal(response, fault)
        status, headers, body = answer
        text = body.decode() if isinstance(body, bytes) else str(body)
        if "<Code>" in text and int(status) >= 400:
            seen["error"] = text.split("<Code>", 1)[1].split("</Code>", 1)[0]
            status = HTTP_STATUS.get(seen["error"], int(status))
            headers["status"] = str(status)
        return status, headers, body
    return call


ABOUT = ("RoleName", "InstanceProfileName", "PolicyArn", "Path", "PermissionsBoundary", "Tags", "TagKeys", "ImageId",
         "TagSpecifications", "IamInstanceProfile", "InstanceId", "AssociationId")


def remember_access(response, service, operation):
    """Remembers what a function's call is about, for tests that hold it against the template's policies: who calls, by the
    name that local/bootstrap gives its SDK, what the call names, and how the role and the profile are at that moment.
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html"""
    function = regex.search(r"\bapp/(\w+)", response.headers.get("User-Agent", ""))
    if not function:
        return
    params, iam = response.params, iam_backends[ACCOUNT]["aws"]
    wanted = params.get("IamInstanceProfile") or {"Name": params.get("InstanceProfileName")}
    profiles = [p for p in iam.get_instance_profiles() if wanted in ({"Name": p.name}, {"Arn": p.arn})]
    roles = [r for r in iam.get_roles() if r.name == params.get("RoleName") or any(r in p.roles for p in profiles)]
    held = next((a for a in response.ec2_backend.iam_instance_profile_associations.values()
                 if a.association_id == params.get("AssociationId")), None) if service == "ec2" else None
    instance_id = held.instance.id if held else params.get("InstanceId")
    instances = [i for r in response.ec2_backend.reservations.values() for i in r.instances if i.id == instance_id] \
        if service == "ec2" and instance_id else []
    edges.accesses.add(json.dumps({
        "function": function[1], "service": service, "operation": operation, "region": response.region,
        "parameters": {name: params[name] for name in ABOUT if name in params},
        "roles": [{"name": r.name, "path": r.path, "boundary": r.permissions_boundary_arn, "tags": r.tags} for r in roles],
        "profiles": [{"name": p.name, "path": p.path, "tags": p.tags, "roles": [r.name for r in p.roles]} for p in profiles],
        "instanceTags": [{"Key": tag["key"], "Value": tag["value"]} for i in instances for tag in i.get_tags()]}, default=str))


def refusal(response, fault):
    error = EC2ClientError(fault["code"], fault.get("message", f"{fault['code']} (asked for at /_edges)"))
    return response.serialized(ActionResult(error))


# --- IAM's parameters -------------------------------------------------------------------------------------------------

iam_model = botocore.session.get_session().get_service_model("iam")


def checked(response, moto_call):
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


def check_shape(shape, value, name):
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


def check_bounds(shape, number, name, of):
    least, most = shape.metadata.get("min", number), shape.metadata.get("max", number)
    if number < least:
        raise violation(name, f"Member must have {of} greater than or equal to {least}")
    if number > most:
        raise violation(name, f"Member must have {of} less than or equal to {most}")


def violation(name, constraint):
    return ValidationError(f"1 validation error detected: Value at '{name}' failed to satisfy constraint: {constraint}")


# --- IAM's entities ---------------------------------------------------------------------------------------------------

def create_role(moto_create):
    """A name is taken in every case, and a trust policy is looked at when the role is made; moto looks when it is changed.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html"""
    def create(backend, role_name, assume_role_policy_document, *rest, **more):
        if role_name.lower() in {role.name.lower() for role in backend.get_roles()}:
            raise EntityAlreadyExists(f"Role with name {role_name} already exists.")
        IAMTrustPolicyDocumentValidator(assume_role_policy_document).validate()
        return moto_create(backend, role_name, assume_role_policy_document, *rest, **more)
    return create


def create_instance_profile(moto_create):
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


def attach_role_policy(moto_attach):
    """Only what is a policy's ARN, is not kept for service-linked roles, and is not one too many.
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


def remove_role_from_instance_profile(moto_remove):
    """Where moto fails without an answer of IAM's.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html"""
    def remove(backend, profile_name, role_name):
        if backend.get_role(role_name) not in backend.get_instance_profile(profile_name).roles:
            raise NotFoundException(f"Cannot find role {role_name} in instance profile {profile_name}")
        moto_remove(backend, profile_name, role_name)
    return remove


def list_instance_profiles(_moto_call):
    """By path, in pages, without tags; moto knows neither the path nor pages, and shows the tags.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html"""
    def call(response):
        first, most = int(response.params.get("Marker", 0)), response.params.get("MaxItems", 100)
        under = response.params.get("PathPrefix", "/")
        found = [profile for profile in response.backend.get_instance_profiles() if profile.path.startswith(under)]
        page = [copy.copy(profile) for profile in found[first:first + most]]
        for profile in page:
            profile.tags = None
        more = {"Marker": str(first + most)} if len(found) > first + most else {}
        return ActionResult({"InstanceProfiles": page, "IsTruncated": bool(more), **more})
    return call


# --- What EC2 knows of a profile --------------------------------------------------------------------------------------

def remember_when_the_role_came(moto_add):
    def add_role_to_instance_profile(backend, profile_name, role_name):
        moto_add(backend, profile_name, role_name)
        backend.get_instance_profile(profile_name).role_added = time.time()
    return add_role_to_instance_profile


replica = collections.Counter()


def profile_as_ec2_sees_it(region, wanted):
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
        raise EC2ClientError("InvalidParameterCombination",
                             "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'")
    backend = iam_backends[ACCOUNT]["aws"]
    try:
        profile = backend.get_instance_profile_by_arn(arn) if arn else backend.get_instance_profile(name)
    except NotFoundException:
        profile = None
    replica[region] += 1
    delay = edges.region_delays.get(region, edges.profile_delay) * (1 if replica[region] % 2 else 0.8)
    now = time.time()
    if not profile or now < profile.create_date.replace(tzinfo=datetime.timezone.utc).timestamp() + 0.75 * delay:
        what = "arn" if arn else "name"
        raise EC2ClientError("InvalidParameterValue", f"Value ({arn or name}) for parameter iamInstanceProfile.{what} is invalid. "
                             f"Invalid IAM Instance Profile {'ARN' if arn else 'name'}")
    if not profile.roles or now < getattr(profile, "role_added", 0) + delay:
        raise EC2ClientError("InvalidParameterValue", f'IAM Instance Profile "{profile.arn}" has no associated IAM Roles')
    return profile


def associate_iam_instance_profile(moto_call):
    """It meets the same delay as a launch; moto knows every profile at once, and takes instances in every state.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateIamInstanceProfile.html
    The refusal, word for word: https://github.com/Enterprise-CMCS/eAPD/issues/2304"""
    def call(response):
        instance = response.ec2_backend.get_instance(response.params["InstanceId"])
        if instance.state not in ("running", "stopped"):
            raise EC2ClientError("IncorrectInstanceState",
                                 f"The instance '{instance.id}' is not in the 'running' or 'stopped' states.")
        profile_as_ec2_sees_it(response.region, response.params.get("IamInstanceProfile") or {})
        return moto_call(response)
    return call


def replace_iam_instance_profile_association(moto_call):
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


def disassociate_iam_instance_profile(moto_call):
    def call(response):
        check_association_id(response.params["AssociationId"])
        return moto_call(response)
    return call


def check_association_id(association_id):
    """The refusal, word for word: https://github.com/aws/aws-cli/issues/2570"""
    if not association_id.startswith("iip-assoc-"):
        raise EC2ClientError("InvalidParameterValue", "Invalid value for associationId.")


def instances_show_their_profile_id(moto_init):
    """An instance's IamInstanceProfile.Id is the profile's (AIPA…), moto gives the association's.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IamInstanceProfile.html"""
    def init(association, ec2_backend, association_id, instance, iam_instance_profile):
        moto_init(association, ec2_backend, association_id, instance, iam_instance_profile)
        instance.iam_instance_profile = {"Arn": iam_instance_profile.arn, "Id": iam_instance_profile.id}
    return init


def describe_iam_instance_profile_associations(moto_call):
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


# --- RunInstances -----------------------------------------------------------------------------------------------------

launches = {}  # (region, client token) -> (request, reservation)


def run_instances(moto_run):
    """RunInstances with image parameters, checks that dry runs make too, client tokens, MaxCount, and a profile on each
    instance. moto launches MinCount instances, gives the profile to the first, and forgets the client token."""
    def call(response):
        params, region, ec2 = response.params, response.region, response.ec2_backend
        token, request = params.get("ClientToken"), request_without_token(params)
        if token and not params.get("DryRun") and (region, token) in launches:
            return same_launch_again(response, *launches[region, token], request)
        params["ImageId"] = resolved_image(region, params.get("ImageId"))
        check_parameters(response)
        wanted = params.pop("IamInstanceProfile", None)
        profile = profile_as_ec2_sees_it(region, wanted) if wanted else None
        params["ClientToken"] = token or str(uuid.uuid4())  # moto would show the same made-up token on all instances
        # "the largest possible number of instances between MinCount and MaxCount": here all of them fit.
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
        params["MinCount"] = params["MaxCount"]
        answer = moto_run(response)  # a dry run ends here, by DryRunOperation
        reservation = answer.result
        for instance in reservation.instances:
            if profile:
                ec2.associate_iam_instance_profile(instance.id, iam_instance_profile_arn=profile.arn)
        if token:
            launches[region, token] = request, reservation
        announce(region, [instance.id for instance in reservation.instances], "pending", "running")
        return answer
    return call


def request_without_token(params):
    return json.dumps({k: v for k, v in params.items() if k not in ("ClientToken", "DryRun")}, default=str, sort_keys=True)


def same_launch_again(response, request_before, reservation, request):
    """The same token and request bring the same instances back, in the states that they have; another request is refused.
    https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Run_Instance_Idempotency.html"""
    if request != request_before:
        raise EC2ClientError("IdempotentParameterMismatch", "Arguments on this idempotent request are inconsistent with "
                             "arguments used in previous request(s).")
    # In an answer to RunInstances moto says "pending" of every instance.
    response.RESPONSE_KEY_PATH_TO_TRANSFORMER = {
        path: change for path, change in response.RESPONSE_KEY_PATH_TO_TRANSFORMER.items()
        if path != "RunInstances.Reservation.Instances.Instance.State"}
    return ActionResult(reservation)


def resolved_image(region, image):
    """`resolve:ssm:NAME[:VERSION|:LABEL]` in place of an image id.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-systems-manager-parameter-to-find-AMI.html"""
    if not (image or "").startswith("resolve:ssm:"):
        return image
    name = image.split(":")[2]
    found = ssm_backends[ACCOUNT][region].get_parameters([name])
    if name not in found:
        raise EC2ClientError("InvalidParameterValue", f"Value ({image}) for parameter imageId is invalid. "
                             "The specified SSM parameter could not be found")
    return found[name].value


def check_parameters(response):
    """Image, type, counts, groups and subnet are looked at in a dry run too; moto checks nothing then, and images and
    types only when told to.
    https://github.com/aws/karpenter-provider-aws/blob/main/pkg/controllers/nodeclass/validation.go"""
    params, ec2 = response.params, response.ec2_backend
    check_token(params.get("ClientToken", ""))
    check_user_data(params.get("UserData", ""))
    check_tags(params)
    if not params.get("LaunchTemplate") and not params.get("ImageId"):
        raise EC2ClientError("MissingParameter", "The request must contain the parameter ImageId")
    if params.get("ImageId"):
        ec2.describe_images(ami_ids=[params["ImageId"]])
    kind = params.get("InstanceType")
    if kind and kind not in {offer["InstanceType"] for offer in INSTANCE_TYPE_OFFERINGS["region"].get(response.region, [])}:
        raise InvalidInstanceTypeError(kind)
    if not 1 <= params.get("MinCount", 1) <= params.get("MaxCount", 1):
        raise EC2ClientError("InvalidParameterValue", "Value for parameter minCount is invalid: it must be from 1 to maxCount")
    for group in params.get("SecurityGroupIds", []):
        if not ec2.get_security_group_from_id(group):
            raise EC2ClientError("InvalidGroup.NotFound", f"The security group '{group}' does not exist")
    if params.get("SubnetId"):
        ec2.get_subnet(params["SubnetId"])


def check_token(token):
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html (ClientToken)"""
    if len(token) > 64 or not token.isascii():
        raise EC2ClientError("InvalidParameterValue", f"Value ({token}) for parameter clientToken is invalid.")


def check_user_data(user_data):
    """Base64 of at most 16 KB. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
    The refusals, word for word: https://github.com/aws/aws-cli/issues/19
    https://github.com/aws/karpenter-provider-aws/blob/main/pkg/errors/errors.go"""
    try:
        raw = base64.b64decode("".join(user_data.split()), validate=True)
    except ValueError:
        raise EC2ClientError("InvalidParameterValue", "Invalid BASE64 encoding of user data.") from None
    if len(raw) > 16384:
        raise EC2ClientError("InvalidUserData.Malformed", "User data is limited to 16384 bytes")


def check_tags(params):
    """What a launch may tag, and with what.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html (TagSpecifications)
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions"""
    shown = params.get("MetadataOptions", {}).get("InstanceMetadataTags") == "enabled"
    for specification in params.get("TagSpecifications", []):
        kind, tags = specification.get("ResourceType"), specification.get("Tags", [])
        if kind not in ("instance", "volume", "network-interface", "spot-instances-request"):
            raise EC2ClientError("InvalidParameterValue", f"'{kind}' is not a valid taggable resource type for this operation.")
        if len(tags) > 50:
            raise EC2ClientError("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
        for key, value in ((tag.get("Key", ""), tag.get("Value", "")) for tag in tags):
            if not 1 <= len(key) <= 128 or len(value) > 256 or key.startswith("aws:"):
                raise EC2ClientError("InvalidParameterValue", f"The tag '{key}' is too long, or reserved")
            plain = regex.fullmatch(r"[0-9a-zA-Z\-_+=,.@:]+", key) and key not in (".", "..", "_index")
            if shown and kind == "instance" and not plain:
                raise EC2ClientError("InvalidParameterValue", f"'{key}' is not a valid tag key.")


# --- Reading ----------------------------------------------------------------------------------------------------------

def filter_takes(value, patterns):
    """`*` is any text, `?` any character, and a backslash takes the next one as it is; moto compares as it stands.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html"""
    def expression(pattern):
        parts = regex.findall(r"\\.|.", pattern, regex.DOTALL)
        return "".join({"*": ".*", "?": "."}.get(part, regex.escape(part[-1])) for part in parts)
    return any(regex.fullmatch(expression(pattern), value, regex.DOTALL) for pattern in patterns)


def with_wildcards(moto_match):
    def match(value, patterns):
        return filter_takes(value, patterns) if isinstance(value, str) else moto_match(value, patterns)
    return match


def describe_regions(moto_call):
    """Those that are enabled, of this partition; moto shows all that there are.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html"""
    def call(response):
        answer = moto_call(response)
        answer.result["Regions"] = [
            region for region in answer.result["Regions"] if not region.name.startswith(("cn-", "us-gov-"))
            and (response.params.get("AllRegions") or region.opt_in_status != "not-opted-in")]
        return answer
    return call


def describe_instances(moto_call):
    """At most 200 filter values a call; ids have their form.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html"""
    def call(response):
        for instance_id in response.params.get("InstanceIds", []):
            if not instance_id.startswith("i-"):
                raise EC2ClientError("InvalidInstanceID.Malformed", f'Invalid id: "{instance_id}"')
        if sum(len(f.get("Values", [])) for f in response._get_param("Filters", [])) > 200:
            raise EC2ClientError("FilterLimitExceeded", "The maximum number of filter values specified on a single call is 200")
        return moto_call(response)
    return call


# --- Events -----------------------------------------------------------------------------------------------------------

events_to_send = queue.Queue()


def announce(region, instance_ids, *states):
    if not edges.events:
        return
    for state in states:
        for instance_id in instance_ids:
            events_to_send.put((region, instance_id, state))


def announced(operation, *states):
    """TerminateInstances and its like are followed by EC2's state-change events. What is terminated stays so.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html"""
    moto_call = getattr(EC2Response, operation)

    def call(response):
        if "terminated" not in states:
            for instance in response.ec2_backend.get_multi_instances_by_id(response.params["InstanceIds"]):
                if instance.state == "terminated":
                    raise EC2ClientError("IncorrectInstanceState", f"The instance '{instance.id}' is terminated.")
        answer = moto_call(response)
        announce(response.region, response._get_param("InstanceIds", []), *states)
        return answer
    return call


def state_change(region, instance_id, state):
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html"""
    return json.dumps({
        "version": "0", "id": str(uuid.uuid4()), "detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2",
        "account": ACCOUNT, "time": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"), "region": region,
        "resources": [f"arn:aws:ec2:{region}:{ACCOUNT}:instance/{instance_id}"],
        "detail": {"instance-id": instance_id, "state": state}})


def deliver_events(endpoint):
    """Sends each event to the queues of the rules that match it.

    PutEvents refuses sources that begin with `aws.`, here as in AWS; so the deployed patterns are asked one by one.
    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
    """
    session = botocore.session.get_session()
    while True:
        region, instance_id, state = events_to_send.get()
        with contextlib.suppress(botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
            client = {name: session.create_client(name, region, endpoint_url=endpoint) for name in ("events", "sqs")}
            event = state_change(region, instance_id, state)
            for rule in client["events"].list_rules()["Rules"]:
                pattern = rule.get("EventPattern")
                if rule["State"] != "ENABLED" or not pattern:
                    continue
                if client["events"].test_event_pattern(EventPattern=pattern, Event=event)["Result"]:
                    for target in client["events"].list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                        send(client["sqs"], target["Arn"], event)
                        print(f"event: {instance_id} {state} -> {target['Arn']}", flush=True)


def send(sqs, arn, event):
    kind, name = arn.split(":")[2], arn.split(":")[-1]
    if kind != "sqs":
        raise botocore.exceptions.BotoCoreError()
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], MessageBody=event)


# --- The server -------------------------------------------------------------------------------------------------------

def forget_everything():
    """Removes roles, profiles, instances and what was called. moto's own reset takes longer: it loads AWS's 1,500 policies
    anew, and makes each region's networks."""
    with one_call_at_a_time:
        iam = iam_backends[ACCOUNT]["aws"]
        for held in (iam.roles, iam.instance_profiles, launches, edges.calls, edges.accesses):
            held.clear()
        for ec2 in ec2_backends[ACCOUNT].values():
            ec2.reservations.clear()
            ec2.iam_instance_profile_associations.clear()


def with_control(moto_app):
    """Puts /_edges in front of moto."""
    def app(environ, start_response):
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path not in ("/_edges", "/_edges/access"):
            return moto_app(environ, start_response)
        status = "200 OK"
        try:
            if method == "DELETE":
                forget_everything()
            elif method == "POST":
                edges.change(json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))))
            body = edges.shown() if path == "/_edges" else [json.loads(access) for access in list(edges.accesses)]
        except (ValueError, TypeError, AttributeError, NotFoundException) as wrong:
            status, body = "400 Bad Request", {"error": str(wrong)}
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(body, default=str).encode()]
    return app


def add_edges():
    EC2Response.call_action = every_call("ec2", EC2Response.call_action)
    IamResponse.call_action = every_call("iam", IamResponse.call_action)
    for operation, edge in {
            "create_role": create_role, "create_instance_profile": create_instance_profile,
            "attach_role_policy": attach_role_policy,
            "add_role_to_instance_profile": remember_when_the_role_came,
            "remove_role_from_instance_profile": remove_role_from_instance_profile}.items():
        setattr(IAMBackend, operation, edge(getattr(IAMBackend, operation)))
    IamResponse.list_instance_profiles = list_instance_profiles(IamResponse.list_instance_profiles)
    IamInstanceProfileAssociation.__init__ = instances_show_their_profile_id(IamInstanceProfileAssociation.__init__)
    for operation, edge in {
            "run_instances": run_instances, "describe_instances": describe_instances, "describe_regions": describe_regions,
            "associate_iam_instance_profile": associate_iam_instance_profile,
            "replace_iam_instance_profile_association": replace_iam_instance_profile_association,
            "disassociate_iam_instance_profile": disassociate_iam_instance_profile,
            "describe_iam_instance_profile_associations": describe_iam_instance_profile_associations}.items():
        setattr(EC2Response, operation, edge(getattr(EC2Response, operation)))
    EC2Response.terminate_instances = announced("terminate_instances", "shutting-down", "terminated")
    EC2Response.stop_instances = announced("stop_instances", "stopping", "stopped")
    EC2Response.start_instances = announced("start_instances", "pending", "running")
    moto.ec2.utils.instance_value_in_filter_values = with_wildcards(moto.ec2.utils.instance_value_in_filter_values)
    # Filters that moto does not know.
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
    filter_dict_attribute_mapping["iam-instance-profile.arn"] = "iam_instance_profile.Arn"
    filter_dict_attribute_mapping["iam-instance-profile.id"] = "iam_instance_profile.Id"
    filter_dict_attribute_mapping["client-token"] = "client_token"


def warm_up():
    """Loads what moto loads at a first call, so that no call of a launch waits for it."""
    with one_call_at_a_time:
        iam_backends[ACCOUNT]["aws"].get_roles()
    for region in list(INSTANCE_TYPE_OFFERINGS["region"]):
        with one_call_at_a_time, contextlib.suppress(KeyError):
            ec2_backends[ACCOUNT][region].describe_iam_instance_profile_associations([])


def main():
    port, events_endpoint = int(sys.argv[1]), sys.argv[2:]
    add_edges()
    if events_endpoint:
        threading.Thread(target=deliver_events, args=events_endpoint, daemon=True).start()
    else:
        edges.events = False
    threading.Thread(target=warm_up, daemon=True).start()
    server = with_control(DomainDispatcherApplication(create_backend_app))
    run_simple("127.0.0.1", port, server, threaded=True, request_handler=MotoRequestHandler)


if __name__ == "__main__":
    main()
