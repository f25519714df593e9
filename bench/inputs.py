"""What each function is asked while it is measured.

What a workflow would hand on from one state to the next is asked of the functions themselves, once and unmeasured, so
that an input is what this version of the functions takes and gives.
"""

import dataclasses
import json
import pathlib
from collections.abc import Awaitable, Callable
from typing import Any

from bench.functions import ACCOUNT, REGION, STACK, filled, snake, substitutions

ROOT = pathlib.Path(__file__).absolute().parent.parent
EXECUTION = {"id": f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{STACK}-launch:bench", "name": "bench"}
LEASE = "2099-01-01T00:00:00Z"
HASH = "0123456789abcdef" * 4

# Functions that are not measured, each with the reason.
LEFT_OUT: dict[str, str] = {}

# Asks a function of this name once, in the account that keeps what launches make.
Ask = Callable[..., Awaitable[dict[str, Any]]]


@dataclasses.dataclass(frozen=True)
class Case:
    """An input, and whether the account is one in which nothing was launched yet."""

    input: dict[str, Any]
    new_account: bool = False


def event(name: str) -> dict[str, Any]:
    return json.loads((ROOT / "events" / f"{name}.json").read_text())


class Inputs:
    """The cases of all functions: await inputs.of("EnsureRole")."""

    def __init__(self, template: dict[str, Any], ask: Ask) -> None:
        self.template, self.ask = template, ask

    async def of(self, function: str) -> Case:
        return await getattr(self, snake(function))()

    @classmethod
    def has(cls, function: str) -> bool:
        return hasattr(cls, snake(function))

    def limits(self, machine: str, state: str) -> dict[str, str]:
        """Returns what the template's defaults allow, as the workflow hands it to the state."""
        definition = json.loads(self.template["Resources"][machine]["Properties"]["DefinitionString"])
        payload = definition["States"][state]["Arguments"]["Payload"]
        return filled(payload["limits"], substitutions(self.template, machine))

    def launch(self, name: str) -> dict[str, Any]:
        limits = self.limits("LaunchStateMachine", "ResolvePolicies")
        return {"payload": event(name), "limits": limits, "execution": EXECUTION}

    async def resolved(self, name: str = "launch") -> dict[str, Any]:
        return await self.ask("ResolvePolicies", self.launch(name))

    async def role(self) -> dict[str, Any]:
        return await self.ask("EnsureRole", (await self.ensure_role()).input)

    async def profile(self) -> dict[str, Any]:
        return await self.ask("EnsureProfile", (await self.ensure_profile()).input)

    # The functions, by their names in the template.

    async def resolve_policies(self) -> Case:
        return Case(self.launch("launch"))

    async def resolve_role_set(self) -> Case:
        limits = self.limits("RoleSetStateMachine", "ResolveRoleSet")
        return Case({"payload": event("role-set"), "limits": limits, "execution": EXECUTION})

    async def test_permissions(self) -> Case:
        plan = await self.resolved("expect")
        roles = [{"role": plan["role"], "expectations": plan["expectations"]}]
        return Case({"roles": roles, "planOnly": False, "execution": EXECUTION})

    async def plan_launch(self) -> Case:
        plan = await self.resolved()
        handed_on = ["role", "lastingHash", "profileName", "needsProfile", "instance", "instanceId", "subnetIds"]
        handed_on += ["waitsUntilRunning", "named", "assumedRoles", "awsConfig", "warnings"]
        asked = {name: plan[name] for name in handed_on} | {"approvedHash": None, "execution": EXECUTION}
        return Case(asked, new_account=True)

    async def ensure_role(self) -> Case:
        plan = await self.resolved()
        asked = {"role": plan["role"], "assumedRoles": plan["assumedRoles"], "execution": EXECUTION}
        return Case(asked, new_account=True)

    async def converge_role(self) -> Case:
        roles = await self.ask("ResolveRoleSet", (await self.resolve_role_set()).input)
        first = roles["roles"][0]
        asked = {name: first[name] for name in ("role", "assumedRoles", "arn")}
        return Case(asked | {"execution": EXECUTION, "set": roles["set"], "planOnly": False}, new_account=True)

    async def ensure_profile(self) -> Case:
        plan, role = await self.resolved(), await self.role()
        asked = {
            "profileName": None,
            "roleName": role["name"],
            "roleId": role["id"],
            "outcome": role["outcome"],
            "roleCreated": role["created"],
            "creator": plan["role"]["creator"],
            "team": "",
            "execution": EXECUTION,
            "needsProfile": plan["needsProfile"],
        }
        return Case(asked, new_account=True)

    async def wait_for_propagation(self) -> Case:
        plan = await self.resolved()
        asked = await self.to_launch() | {"subnetIds": plan["subnetIds"], "named": plan["named"]}
        return Case(asked | {"waitingSince": None, "settlesAt": None})

    async def run_instance(self) -> Case:
        return Case(await self.to_launch() | {"leaseUntil": LEASE})

    async def to_launch(self) -> dict[str, Any]:
        plan, role, profile = await self.resolved(), await self.role(), await self.profile()
        asked = {"instance": plan["instance"], "profileArn": profile["arn"], "roleName": role["name"]}
        return asked | {"subnetId": None, "execution": EXECUTION}

    async def wait_for_instances(self) -> Case:
        run = await self.ask("RunInstance", (await self.run_instance()).input)
        role = await self.role()
        asked = {"instances": run["instances"], "minCount": 1, "roleName": role["name"]}
        return Case(asked | {"execution": EXECUTION, "waitingSince": None})

    async def look_at_instance(self) -> Case:
        return Case({"instanceId": await self.instance(), "execution": EXECUTION})

    async def instance(self) -> str:
        run = await self.ask("RunInstance", (await self.run_instance()).input)
        return run["instances"][0]["instanceId"]

    async def associate_profile(self) -> Case:
        role, profile = await self.role(), await self.profile()
        asked = {
            "instanceId": await self.instance(),
            "profileArn": profile["arn"],
            "profileId": profile["id"],
            "roleName": role["name"],
            "before": None,
            "proven": True,
            "leaseUntil": LEASE,
            "waitingSince": None,
            "execution": EXECUTION,
        }
        return Case(asked)

    async def ask_for_approval(self) -> Case:
        plan = await self.resolved()
        request = {"approval": HASH, "planHash": HASH, "launch": EXECUTION["id"], "launchName": EXECUTION["name"]}
        request |= {"creator": plan["role"]["creator"], "team": "", "summary": ["Makes one role."], "warnings": []}
        request |= {"role": None, "instance": plan["instance"], "instanceId": None}
        asked = {"request": request, "topicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:approvers", "timeoutSeconds": 86400}
        return Case(asked | {"taskToken": "token", "execution": EXECUTION})

    async def confirm_answer(self) -> Case:
        asked = {"approval": HASH, "planHash": HASH, "launch": EXECUTION["id"], "launchName": EXECUTION["name"]}
        return Case(asked | {"asked": "NOT_YET", "waitingSince": None, "execution": EXECUTION})

    async def answer_approval(self) -> Case:
        return Case({"approval": HASH, "planHash": HASH, "answer": "approve", "reason": "As agreed."})

    async def export_role(self) -> Case:
        return Case({"export": (await self.role())["name"]})

    async def revoke_role(self) -> Case:
        return Case({"role": (await self.role())["name"], "reason": "Its key was found.", "by": "ann"})

    async def audit_roles(self) -> Case:
        await self.profile()
        return Case({})

    async def repair_roles(self) -> Case:
        await self.profile()
        return Case({"repair": True})

    async def cleanup_unused_roles(self) -> Case:
        await self.instance()
        return Case({"dryRun": True})
