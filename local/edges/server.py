"""The server: moto's, with every edge, behind /_edges."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterable
from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS
from moto.iam.exceptions import NotFoundException
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple

import edges.ssm  # noqa: F401 (as those below)
from browsers import kept_out_of_wsgi
from edges import (  # noqa: F401 (each registers its edges)
    account,
    calls,
    ec2,
    edge,
    events,
    iam,
    last_accessed,
    policies,
    profiles,
    run_instances,
    sessions,
    simulation,
)
from edges.control import control, one_call_at_a_time
from edges.events import deliver_events
from edges.run_instances import launches
from edges.starts import starts

Application = Callable[[dict[str, Any], Callable], Iterable[bytes]]  # WSGI's


def forget_everything() -> None:
    """Removes roles, profiles, instances, what can start others, and the calls. moto's own reset takes longer: it loads
    AWS's 1,500 policies anew, and makes each region's networks."""
    with one_call_at_a_time:
        iam_backend = account.iam()
        iam_backend.roles.clear()
        iam_backend.instance_profiles.clear()
        launches.clear()
        starts.clear()
        control.forget()
        for region in account.used_regions():
            region.reservations.clear()
            region.iam_instance_profile_associations.clear()
            region.launch_templates.clear()
            region.launch_template_name_to_ids.clear()
            region.launch_template_insert_order.clear()
            region.spot_instance_requests.clear()
            region.spot_fleet_requests.clear()
            region.fleets.clear()


def with_control(moto_app: Application) -> Application:
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
                control.change(json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))))
            body = control.shown() if path == "/_edges" else [json.loads(access) for access in list(control.accesses)]
        except (ValueError, TypeError, AttributeError, NotFoundException) as wrong:
            status, body = "400 Bad Request", {"error": str(wrong)}
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(body, default=str).encode()]

    return app


def warm_up() -> None:
    """Loads what moto loads at a first call, so that no call of a launch waits for it."""
    with one_call_at_a_time:
        account.iam().get_roles()
    for region in list(INSTANCE_TYPE_OFFERINGS["region"]):
        with one_call_at_a_time, contextlib.suppress(KeyError):
            account.ec2(region).describe_iam_instance_profile_associations([])


def serve(port: int, events_endpoint: str | None = None) -> None:
    """Serves on 127.0.0.1 until the process ends; without an endpoint of EventBridge and SQS no events are sent, and no
    policies of CloudFormation are found."""
    edge.apply()
    if events_endpoint:
        policies.elsewhere.append(events_endpoint)
        threading.Thread(target=deliver_events, args=[events_endpoint], daemon=True).start()
    else:
        control.events = False
    threading.Thread(target=warm_up, daemon=True).start()
    application = kept_out_of_wsgi(with_control(DomainDispatcherApplication(create_backend_app)))
    run_simple("127.0.0.1", port, application, threaded=True, request_handler=MotoRequestHandler)
