"""Decides requests by policies and a permissions boundary as IAM's simulator does, with the statements that decide.

Written from https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
local/judge/run holds it against the evaluator of the simulated IAM, and that against one of others.
"""

import datetime
import ipaddress
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

Context = dict[str, list[str]]

VARIABLE = re.compile(r"\$\{([^},]+?)(?:\s*,\s*'([^']*)')?\}")


class Place(NamedTuple):
    """A place in a policy's text, both counted from 1."""

    line: int
    column: int


class Matched(NamedTuple):
    """A statement that decided: the number of its policy as IAM names it, and where it begins and ends."""

    source: str
    start: Place
    end: Place


class Verdict(NamedTuple):
    """What IAM says; within_boundary is None without a boundary."""

    decision: str
    matched: list[Matched]
    within_boundary: bool | None


class Policy:
    """One policy, as it is written."""

    def __init__(self, source: str, text: str):
        document = json.loads(text)
        self.variables = document.get("Version") == "2012-10-17"
        self.statements = as_list(document["Statement"])
        self.places = [Matched(source, *place) for place in places(text)]

    def matching(self, action: str, resource: str, context: Context) -> Iterator[tuple[bool, Matched]]:
        """Yields, for each statement about the request, whether it allows, and where it stands."""
        for statement, place in zip(self.statements, self.places, strict=True):
            if applies(statement, self.variables, action, resource, context):
                yield statement["Effect"] == "Allow", place

    def asked(self) -> Iterator[str]:
        """Yields the condition keys that its statements ask about, and those of its variables."""
        for statement in self.statements:
            for keys in statement.get("Condition", {}).values():
                yield from keys
            if self.variables:
                for name, _ in VARIABLE.findall(json.dumps(statement)):
                    if len(name.strip()) > 1:
                        yield name.strip()


class Simulator:
    """Policies and perhaps a boundary, by which requests are decided."""

    def __init__(self, policies: list[str], boundary: str | None = None):
        self.policies = [Policy(f"PolicyInputList.{number}", text) for number, text in enumerate(policies, 1)]
        self.boundary = Policy("PermissionsBoundaryPolicyInputList.1", boundary) if boundary else None

    def decide(self, action: str, resource: str, context: Context) -> Verdict:
        found = [one for policy in self.policies for one in policy.matching(action, resource, context)]
        limits = list(self.boundary.matching(action, resource, context)) if self.boundary else []
        within = bool(limits) and all(allows for allows, _ in limits) if self.boundary else None
        denying = [place for allows, place in found + limits if not allows]
        if denying:
            return Verdict("explicitDeny", denying, within)
        allowing = [place for _, place in found]
        if not allowing or within is False:
            return Verdict("implicitDeny", [], within)
        return Verdict("allowed", allowing, within)

    def missing(self, context: Context) -> list[str]:
        """Returns the keys that any statement asks about and the context lacks."""
        asked = {}
        for policy in [*self.policies, *([self.boundary] if self.boundary else [])]:
            for key in policy.asked():
                asked.setdefault(key.lower(), key)
        return [asked[key] for key in sorted(asked) if values_of(context, key) is None]


def places(text: str) -> list[tuple[Place, Place]]:
    """Returns where each statement begins and ends: behind its first brace, and behind its last."""
    found: list[tuple[Place, Place]] = []
    depth, begin, in_statements, key = 0, None, False, ""
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', text):
        symbol = token.group()
        if symbol[0] == '"':
            if depth == 1:
                key = json.loads(symbol)
            continue
        if symbol in "{[":
            depth += 1
            in_statements = in_statements or (depth == 2 and key == "Statement")
            if in_statements and begin is None and symbol == "{":
                begin = (depth, token.end())
        else:
            if begin and begin[0] == depth and symbol == "}":
                found.append((place(text, begin[1]), place(text, token.end())))
                begin = None
            depth -= 1
            if depth == 1:
                in_statements = False
    return found


def place(text: str, offset: int) -> Place:
    line = text.count("\n", 0, offset)
    return Place(line + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1)


def as_list(one_or_more: Any) -> list:
    return one_or_more if isinstance(one_or_more, list) else [one_or_more]


def values_of(context: Context, key: str) -> list[str] | None:
    """Returns the values of a key, whose letter case does not matter."""
    return next((values for name, values in context.items() if name.lower() == key.lower()), None)


# --- Statements -----------------------------------------------------------------------------------------------------


def applies(statement: dict, variables: bool, action: str, resource: str, context: Context) -> bool:
    def filled(written: str) -> re.Pattern | None:
        return pattern(written, context if variables else None)

    return (
        element(statement, "Action", lambda one: pattern(one.lower(), None).fullmatch(action.lower()))
        and element(statement, "Resource", lambda one: (like := filled(one)) and like.fullmatch(resource))
        and all(
            holds(
                operator,
                [as_text(value) for value in as_list(wanted)],
                values_of(context, key),
                filled,
                variables,
                context,
            )
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def as_text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool | int | float) else value


def element(statement: dict, name: str, matches: Callable) -> bool:
    inverse = f"Not{name}" in statement
    return inverse != any(matches(one) for one in as_list(statement[f"Not{name}" if inverse else name]))


def pattern(written: str, context: Context | None) -> re.Pattern | None:
    """Returns what a text with wildcards matches, with the values of its variables, which have none; None where one has
    no value."""
    parts = pieces(written, context)
    return (
        None
        if parts is None
        else re.compile("".join(wild(text) if is_pattern else re.escape(text) for is_pattern, text in parts), re.DOTALL)
    )


def plain(written: str, context: Context | None) -> str | None:
    parts = pieces(written, context)
    return None if parts is None else "".join(text for _, text in parts)


def wild(text: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in text)


def pieces(written: str, context: Context | None) -> list[tuple[bool, str]] | None:
    if context is None:
        return [(True, written)]
    parts, at = [], 0
    for variable in VARIABLE.finditer(written):
        parts.append((True, written[at : variable.start()]))
        at = variable.end()
        name, default = variable.group(1).strip(), variable.group(2)
        values = values_of(context, name)
        if name in ("*", "?", "$"):
            parts.append((False, name))
        elif values is not None and len(values) == 1:
            parts.append((False, values[0]))
        elif default is not None:
            parts.append((False, default))
        else:
            return None
    return [*parts, (True, written[at:])]


# --- Conditions -----------------------------------------------------------------------------------------------------


def holds(
    operator: str, wanted: list[str], actual: list[str] | None, filled: Callable, variables: bool, context: Context
) -> bool:
    name, every, some = operator.lower(), False, False
    if name.startswith("forallvalues:"):
        every, name = True, name.removeprefix("forallvalues:")
    elif name.startswith("foranyvalue:"):
        some, name = True, name.removeprefix("foranyvalue:")
    if name == "null":
        return str(actual is None).lower() in [value.lower() for value in wanted]
    exists = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    negated = "not" in name
    if actual is None:
        # IfExists is asked of each value, so that it does not help ForAnyValue, which asks for one.
        return not some and (every or exists or negated)
    compare = COMPARISONS[name.replace("not", "")]

    def one(value: str) -> bool:
        return negated != any(compare(text, value, filled, context if variables else None) for text in wanted)

    return all(map(one, actual)) if every else any(map(one, actual))


def equal(wanted: str, actual: str, _filled: Callable, context: Context | None) -> bool:
    return plain(wanted, context) == actual


def equal_in_any_case(wanted: str, actual: str, _filled: Callable, context: Context | None) -> bool:
    text = plain(wanted, context)
    return text is not None and text.lower() == actual.lower()


def like(wanted: str, actual: str, filled: Callable, _context: Context | None) -> bool:
    form = filled(wanted)
    return bool(form and form.fullmatch(actual))


def like_arn(wanted: str, actual: str, _filled: Callable, context: Context | None) -> bool:
    """Each of the six parts of an ARN matches its own."""
    parts = pieces(wanted, context)
    if parts is None:
        return False
    # Colons of values are no ends of parts of the pattern; those of the resource are none anyway.
    regex, ends = "", 0
    for is_pattern, text in parts:
        for character in text:
            if character == ":" and is_pattern and ends < 5:
                regex, ends = regex + ":", ends + 1
            elif is_pattern and character in "*?":
                inner = "." if ends == 5 else "[^:]"
                regex += inner + ("*" if character == "*" else "")
            else:
                regex += re.escape(character)
    return ends == 5 and bool(re.fullmatch(regex, actual, re.DOTALL))


def numbers(compare: Callable) -> Callable:
    def compared(wanted: str, actual: str, _filled: Callable, _context: Context | None) -> bool:
        try:
            return compare(Decimal(actual), Decimal(wanted))
        except InvalidOperation:
            return False

    return compared


def dates(compare: Callable) -> Callable:
    def compared(wanted: str, actual: str, _filled: Callable, _context: Context | None) -> bool:
        own, other = instant(actual), instant(wanted)
        return own is not None and other is not None and compare(own, other)

    return compared


def instant(text: str) -> float | None:
    """Times are written in ISO 8601, or in seconds since 1970."""
    if text.isdigit():
        return float(text)
    try:
        time = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=datetime.UTC)).timestamp()


def true_or_false(wanted: str, actual: str, _filled: Callable, _context: Context | None) -> bool:
    return wanted.lower() == actual.lower()


def same_bytes(wanted: str, actual: str, _filled: Callable, _context: Context | None) -> bool:
    return wanted == actual


def within(wanted: str, actual: str, _filled: Callable, _context: Context | None) -> bool:
    try:
        return ipaddress.ip_address(actual) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


ORDERS: dict[str, Callable] = {
    "equals": lambda own, other: own == other,
    "lessthan": lambda own, other: own < other,
    "lessthanequals": lambda own, other: own <= other,
    "greaterthan": lambda own, other: own > other,
    "greaterthanequals": lambda own, other: own >= other,
}

# By the operators' names in lower case, without "not".
COMPARISONS: dict[str, Callable] = {
    "stringequals": equal,
    "stringequalsignorecase": equal_in_any_case,
    "stringlike": like,
    "arnequals": like_arn,
    "arnlike": like_arn,
    "bool": true_or_false,
    "binaryequals": same_bytes,
    "ipaddress": within,
    **{f"numeric{name}": numbers(compare) for name, compare in ORDERS.items()},
    **{f"date{name}": dates(compare) for name, compare in ORDERS.items()},
}
