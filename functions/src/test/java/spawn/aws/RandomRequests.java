package spawn.aws;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * Policies that IAM takes, with all of its condition operators, and requests that some of their
 * statements are about.
 */
final class RandomRequests {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> ACTIONS =
      List.of("s3:GetObject", "s3:DeleteObject", "sqs:SendMessage", "sqs:DeleteQueue");

  private static final List<String> RESOURCES =
      List.of(
          "arn:aws:s3:::data/red/a",
          "arn:aws:s3:::data/blue/ab",
          "arn:aws:s3:::data/blue/b",
          "arn:aws:s3:::Other/red",
          "arn:aws:sqs:us-east-1:123456789012:red",
          "arn:aws:sqs:eu-west-1:123456789012:jobs-blue");

  private static final List<String> ACTION_PATTERNS =
      List.of("*", "s3:*", "sqs:*", "S3:get*", "s3:*Object", "sqs:Send?essage", "sqs:sendmessage");

  private static final List<String> RESOURCE_PATTERNS =
      List.of(
          "*",
          "arn:aws:s3:::data/*",
          "arn:aws:s3:::data/${aws:PrincipalTag/team}/*",
          "arn:aws:s3:::data/${aws:PrincipalTag/team, 'blue'}/?",
          "arn:aws:s3:::data/blue/a${*}b",
          "arn:aws:s3:::*/red*",
          "arn:aws:sqs:*:123456789012:*",
          "arn:aws:sqs:us-east-?:123456789012:red");

  /** In each request, since others read a variable without a value in another way. */
  private static final String OF_A_VARIABLE = "aws:UserAgent";

  /** A key, the values that requests have, the operators that ask about it, and what they name. */
  private record Key(
      String name,
      boolean list,
      List<String> values,
      List<String> operators,
      List<String> wanted) {}

  private static final List<String> TEXT =
      List.of(
          "StringEquals",
          "StringNotEquals",
          "StringEqualsIgnoreCase",
          "StringNotEqualsIgnoreCase",
          "StringLike",
          "StringNotLike");

  private static final List<Key> KEYS =
      List.of(
          new Key(
              "aws:PrincipalTag/team",
              false,
              List.of("red", "blue", "Red", "r*d"),
              TEXT,
              List.of("red", "RED", "r*", "b?ue", "green", "${aws:UserAgent}", "r*d")),
          new Key(
              "aws:UserAgent", false, List.of("red", "cli", "CLI/2"), TEXT, List.of("cli*", "red")),
          new Key(
              "aws:SourceArn",
              false,
              List.of("arn:aws:sns:us-east-1:123456789012:a:b", "arn:aws:sns:eu-west-1:1:a"),
              List.of("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
              List.of(
                  "arn:aws:sns:us-east-1:123456789012:*",
                  "arn:aws:sns:*:*:a",
                  "arn:*:sns:eu-west-?:1:a",
                  "arn:aws:sns:us-east-1:123456789012:a:b")),
          new Key(
              "aws:MultiFactorAuthAge",
              false,
              List.of("10", "300", "299.5", "0300"),
              List.of(
                  "NumericEquals",
                  "NumericNotEquals",
                  "NumericLessThan",
                  "NumericLessThanEquals",
                  "NumericGreaterThan",
                  "NumericGreaterThanEquals"),
              List.of("300", "10.0", "11")),
          new Key(
              "aws:CurrentTime",
              false,
              List.of("2026-03-01T00:00:00Z", "2026-03-01T12:30:00Z", "2027-01-01T00:00:00Z"),
              List.of(
                  "DateEquals",
                  "DateNotEquals",
                  "DateLessThan",
                  "DateLessThanEquals",
                  "DateGreaterThan",
                  "DateGreaterThanEquals"),
              List.of("2026-03-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-03-01T12:30:00Z")),
          new Key(
              "aws:SecureTransport",
              false,
              List.of("true", "false"),
              List.of("Bool"),
              List.of("true", "false", "True")),
          new Key(
              "aws:SourceIp",
              false,
              List.of("10.0.0.1", "10.1.0.1", "203.0.113.7"),
              List.of("IpAddress", "NotIpAddress"),
              List.of("10.0.0.0/16", "10.0.0.1", "203.0.113.0/29", "128.0.0.0/1")),
          new Key(
              "aws:VpcSourceIp",
              false,
              List.of("2001:db8::1", "2001:db9::1"),
              List.of("IpAddress", "NotIpAddress"),
              List.of("2001:db8::/32", "2001:db9::1", "2001::/16")),
          new Key(
              "aws:CalledVia",
              true,
              List.of("athena.amazonaws.com", "dynamodb.amazonaws.com", "kms.amazonaws.com"),
              TEXT,
              List.of("athena.amazonaws.com", "ATHENA.amazonaws.com", "*.amazonaws.com", "d*")));

  /**
   * A request and what it is judged by.
   *
   * @param policies one or more
   */
  record Case(
      List<String> policies,
      Optional<String> boundary,
      String action,
      String resource,
      Map<String, List<String>> context) {}

  private final Random random;

  /** Whether the policy that is being written is of the language that has variables. */
  private boolean variables;

  private RandomRequests(Random random) {
    this.random = random;
  }

  /** Returns some requests that the same policies judge. */
  static List<Case> some(Random random, int requests) {
    return new RandomRequests(random).some(requests);
  }

  private List<Case> some(int requests) {
    List<String> policies = new ArrayList<>();
    for (int count = 1 + random.nextInt(2); count > 0; count--) {
      policies.add(policy(5));
    }
    Optional<String> boundary = random.nextInt(3) == 0 ? Optional.of(policy(12)) : Optional.empty();
    List<Case> cases = new ArrayList<>();
    for (int request = 0; request < requests; request++) {
      String action = any(ACTIONS);
      List<String> of =
          RESOURCES.stream()
              .filter(
                  arn -> arn.startsWith("arn:aws:" + action.substring(0, action.indexOf(':') + 1)))
              .toList();
      cases.add(new Case(policies, boundary, action, any(of), context()));
    }
    return cases;
  }

  private Map<String, List<String>> context() {
    Map<String, List<String>> context = new TreeMap<>();
    for (Key key : KEYS) {
      if (key.name().equals(OF_A_VARIABLE) || random.nextInt(3) > 0) {
        List<String> values = new ArrayList<>(List.of(any(key.values())));
        if (key.list() && random.nextBoolean()) {
          values.add(any(key.values()));
        }
        context.put(key.name(), values.stream().distinct().toList());
      }
    }
    return context;
  }

  private String policy(int denyOneIn) {
    variables = random.nextInt(10) > 0;
    ObjectNode document =
        JSON.createObjectNode().put("Version", variables ? "2012-10-17" : "2008-10-17");
    ArrayNode statements = document.putArray("Statement");
    for (int count = 1 + random.nextInt(6); count > 0; count--) {
      statements.add(statement(random.nextInt(denyOneIn) == 0 ? "Deny" : "Allow"));
    }
    return document.toPrettyString();
  }

  private ObjectNode statement(String effect) {
    ObjectNode statement = JSON.createObjectNode().put("Effect", effect);
    boolean notAction = random.nextInt(12) == 0;
    some(statement.putArray(notAction ? "NotAction" : "Action"), ACTION_PATTERNS, 2);
    boolean notResource = random.nextInt(12) == 0;
    some(statement.putArray(notResource ? "NotResource" : "Resource"), RESOURCE_PATTERNS, 3);
    if (notResource) { // IAM has no word on an exception whose variable has no value
      ArrayNode excepted = statement.putArray("NotResource");
      some(excepted, RESOURCE_PATTERNS.stream().filter(one -> !one.contains("${aws")).toList(), 2);
    }
    if (random.nextBoolean()) {
      ObjectNode condition = statement.putObject("Condition");
      for (int count = 1 + random.nextInt(2); count > 0; count--) {
        condition(condition);
      }
    }
    return statement;
  }

  private void condition(ObjectNode condition) {
    Key key = any(KEYS);
    if (random.nextInt(10) == 0) {
      condition.withObjectProperty("Null").put(key.name(), random.nextBoolean() ? "true" : "false");
      return;
    }
    String operator = any(key.operators());
    boolean set = key.list();
    String name =
        (set ? (random.nextBoolean() ? "ForAnyValue:" : "ForAllValues:") : "")
            + operator
            + (random.nextInt(4) == 0 ? "IfExists" : "");
    some(condition.withObjectProperty(name).putArray(key.name()), key.wanted(), 2);
  }

  private void some(ArrayNode into, List<String> all, int most) {
    List<String> from = all.stream().filter(one -> variables || !one.contains("${")).toList();
    into.removeAll();
    for (int count = 1 + random.nextInt(most); count > 0; count--) {
      into.add(any(from));
    }
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
