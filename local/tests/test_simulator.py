"""Verdicts of the evaluator of policies; local/judge/run holds it against others, by thousands of cases."""

import json
import unittest

from simulator import Place, Simulator

READS = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::data/*"}
KEEPS = {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::data/secret"}


def policy(*statements: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=1)


class Decisions(unittest.TestCase):
    def decide(self, policies: list[str], resource: str = "arn:aws:s3:::data/a", boundary: str | None = None) -> str:
        return Simulator(policies, boundary).decide("s3:GetObject", resource, {}).decision

    def test_a_denial_wins_over_what_another_policy_allows(self) -> None:
        self.assertEqual("allowed", self.decide([policy(READS), policy(KEEPS)]))
        self.assertEqual("explicitDeny", self.decide([policy(READS), policy(KEEPS)], "arn:aws:s3:::data/secret"))

    def test_what_nothing_allows_is_denied(self) -> None:
        self.assertEqual("implicitDeny", self.decide([policy(READS)], "arn:aws:s3:::other/a"))

    def test_a_boundary_must_allow_it_too(self) -> None:
        self.assertEqual("implicitDeny", self.decide([policy(READS)], boundary=policy(KEEPS)))
        self.assertEqual("allowed", self.decide([policy(READS)], boundary=policy(READS)))
        self.assertEqual("explicitDeny", self.decide([policy(READS)], "arn:aws:s3:::data/secret", policy(READS, KEEPS)))

    def test_the_statement_that_decides_is_told_by_its_place(self) -> None:
        verdict = Simulator([policy(KEEPS), policy(KEEPS, READS)]).decide("s3:GetObject", "arn:aws:s3:::data/a", {})
        self.assertEqual(["PolicyInputList.2"], [matched.source for matched in verdict.matched])
        self.assertEqual(9, verdict.matched[0].start.line)

    def test_places_are_counted_as_in_the_example_of_the_cli(self) -> None:
        # https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-custom-policy.html
        example = (
            '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",'
            '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}'
        )
        context = {"aws:CurrentTime": ["2019-04-25T11:00:00Z"]}
        verdict = Simulator([example]).decide("dynamodb:CreateBackup", "*", context)
        self.assertEqual([(Place(1, 38), Place(1, 167))], [(one.start, one.end) for one in verdict.matched])

    def test_keys_that_the_context_lacks_are_told(self) -> None:
        asks = {**READS, "Condition": {"Bool": {"aws:SecureTransport": "true"}}, "Resource": "arn:${aws:username}"}
        simulator = Simulator([policy(asks)])
        self.assertEqual(["aws:SecureTransport", "aws:username"], simulator.missing({}))
        self.assertEqual(["aws:username"], simulator.missing({"AWS:securetransport": ["true"]}))
