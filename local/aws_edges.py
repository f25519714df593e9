"""moto's server for IAM and EC2, with the AWS behaviour that moto 5.2.5 lacks.

Each difference is one function below, with the source of AWS's rule. What moto does right is left alone.
While it runs, GET /_edges shows its settings and the calls it has seen; POST /_edges changes settings, see `Edges`.

    python local/aws_edges.py PORT URL-OF-THE-SERVER-WITH-EVENTBRIDGE-AND-SQS
"""
import collections
import contextlib
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
from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidInstanceTypeError
from moto.ec2.models import ec2_backends
from moto.ec2.models.iam_instance_profile import IamInstanceProfileAssociation
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS
from moto.ec2.responses import EC2Response
from moto.ec2.utils import filter_dict_attribute_mapping
from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend, iam_backends
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
            fault = edges.fault(operation, response.region, bool(known["DryRun"]))
            if fault and not fault.get("after"):
                answer = refusal(response, fault)
            else:
                answer = moto_call(response)
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


def refusal(response, fault):
    error = EC2ClientError(fault["code"], fault.get("message", f"{fault['code']} (asked for at /_edges)"))
    return response.serialized(ActionResult(error))


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


def association_checks_the_profile(moto_call):
    """AssociateIamInstanceProfile and Replace… meet the same delay as a launch; moto knows every profile at once."""
    def call(response):
        profile_as_ec2_sees_it(response.region, response._get_param("IamInstanceProfile") or {})
        return moto_call(response)
    return call


def instances_show_their_profile_id(moto_init):
    """An instance's IamInstanceProfile.Id is the profile's (AIPA…), moto gives the association's.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IamInstanceProfile.html"""
    def init(association, ec2_backend, association_id, instance, iam_instance_profile):
        moto_init(association, ec2_backend, association_id, instance, iam_instance_profile)
        instance.iam_instance_profile = {"Arn": iam_instance_profile.arn, "Id": iam_instance_profile.id}
    return init


def pages_of_associations(moto_call):
    """The page size is called MaxResults; moto looks for MaxItems, and so sends pages of 100.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIamInstanceProfileAssociations.html"""
    def call(response):
        response.params["MaxItems"] = response.params.get("MaxResults")
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
    """The same token and request bring the same instances back; another request is refused.
    https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html"""
    if request != request_before:
        raise EC2ClientError("IdempotentParameterMismatch", "Arguments on this idempotent request are inconsistent with "
                             "arguments used in previous request(s).")
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


def describe_instances(moto_call):
    """At most 200 filter values a call.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html"""
    def call(response):
        if sum(len(f.get("Values", [])) for f in response._get_param("Filters", [])) > 200:
            raise EC2ClientError("FilterLimitExceeded", "The maximum number of filter values specified on a single call is 200")
        return moto_call(response)
    return call


# --- Events -----------------------------------------------------------------------------------------------------------

events_to_send = queue.Queue()


def announce(region, instance_ids, *states):
    for state in states:
        for instance_id in instance_ids:
            events_to_send.put((region, instance_id, state))


def announced(operation, *states):
    """TerminateInstances and its like are followed by EC2's state-change events."""
    moto_call = getattr(EC2Response, operation)

    def call(response):
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
        if not edges.events:
            continue
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

def with_control(moto_app):
    """Puts /_edges in front of moto, and forgets launches when moto's own reset is called."""
    def app(environ, start_response):
        path, post = environ["PATH_INFO"], environ["REQUEST_METHOD"] == "POST"
        if path == "/moto-api/reset" and post:
            launches.clear()
        if path != "/_edges":
            return moto_app(environ, start_response)
        status = "200 OK"
        try:
            if post:
                edges.change(json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))))
            body = edges.shown()
        except (ValueError, TypeError, AttributeError, NotFoundException) as wrong:
            status, body = "400 Bad Request", {"error": str(wrong)}
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(body, default=str).encode()]
    return app


def add_edges():
    EC2Response.call_action = every_call("ec2", EC2Response.call_action)
    IamResponse.call_action = every_call("iam", IamResponse.call_action)
    IAMBackend.add_role_to_instance_profile = remember_when_the_role_came(IAMBackend.add_role_to_instance_profile)
    IamInstanceProfileAssociation.__init__ = instances_show_their_profile_id(IamInstanceProfileAssociation.__init__)
    for operation, edge in {
            "run_instances": run_instances, "describe_instances": describe_instances,
            "associate_iam_instance_profile": association_checks_the_profile,
            "replace_iam_instance_profile_association": association_checks_the_profile,
            "describe_iam_instance_profile_associations": pages_of_associations}.items():
        setattr(EC2Response, operation, edge(getattr(EC2Response, operation)))
    EC2Response.terminate_instances = announced("terminate_instances", "shutting-down", "terminated")
    EC2Response.stop_instances = announced("stop_instances", "stopping", "stopped")
    EC2Response.start_instances = announced("start_instances", "pending", "running")
    # Two filters that moto does not know.
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
    port, events_endpoint = int(sys.argv[1]), sys.argv[2]
    add_edges()
    threading.Thread(target=deliver_events, args=[events_endpoint], daemon=True).start()
    threading.Thread(target=warm_up, daemon=True).start()
    moto = DomainDispatcherApplication(create_backend_app)
    run_simple("127.0.0.1", port, with_control(moto), threaded=True, request_handler=MotoRequestHandler)


if __name__ == "__main__":
    main()
