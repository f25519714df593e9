package spawn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.cleanup.SweepRequestReader;
import spawn.error.InvalidRequest;
import spawn.error.Problem;
import spawn.json.Json;
import spawn.launch.PayloadReader;
import spawn.payload.JsonPath;
import spawn.role.RoleRequests;
import spawn.roleset.RoleSetReader;

/** A value that is wrong is complained of where it stands, and nothing else is for its sake. */
class WrongFieldsTest {
  static final List<String> WRONG =
      List.of(
          "true",
          "7",
          "-1.5",
          "''",
          "'no such thing at all!'",
          "[]",
          "[[]]",
          "[7, null]",
          "['no such thing at all!']",
          "{}",
          "{'no such': {'thing': 'at all'}}");

  private static final String STATEMENTS =
      "[{'Sid': 'A', 'Effect': 'Allow', 'Action': ['s3:GetObject'], 'Resource': ['arn:aws:s3:::a/*'],"
          + " 'Condition': {'StringLike': {'aws:PrincipalTag/a': ['b']}}}]";

  private static final String IAM =
      "{'role': 'n-reports', 'policies': ['s3:ReadOnly', 'sts:WriteOnly'], 'resources': ['s3://data/in/*',"
          + " 'arn:aws:iam::444455556666:role/reader'], 'managedPolicies': ['ReadOnlyAccess'],"
          + " 'assumeRoles': ['arn:aws:iam::444455556666:role/reader'], 'trustServices': ['ec2'],"
          + " 'maxSessionDuration': 7200, 'instanceProfile': 'p', 'creator': 'ann', 'roleTags': {'team': 'data'},"
          + " 'permissionsBoundary': '"
          + RoleRequests.CONTEXT.defaultBoundary()
          + "', 'statements': "
          + STATEMENTS
          + ", 'policyDocument': {'Version': '2012-10-17', 'Statement': "
          + STATEMENTS
          + "}}";

  private static final String INSTANCE =
      "{'ImageId': 'ami-1', 'MinCount': 2, 'MaxCount': 3, 'UserData': '#!/bin/sh', 'TagSpecifications':"
          + " [{'ResourceType': 'instance', 'Tags': [{'Key': 'a', 'Value': 'b'}, {'Key': 'c', 'Value': 'd'}]}],"
          + " 'SecurityGroupIds': ['sg-1'], 'MetadataOptions': {'HttpTokens': 'required'}}";

  private static void launch(JsonNode payload) {
    new PayloadReader(RoleRequests.CONTEXT).read(payload, "execution");
  }

  private static void roleSet(JsonNode payload) {
    new RoleSetReader(RoleRequests.CONTEXT).read(payload, "execution");
  }

  /** A valid payload, and its reader. */
  record Valid(String name, String json, Consumer<JsonNode> reader) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Valid> payloads() {
    return Stream.of(
        new Valid(
            "launch",
            "{'instance': "
                + INSTANCE
                + ", 'iam': "
                + IAM
                + ", 'options': {'plan': false, 'wait': 'pending', 'subnetIds': ['subnet-0123abcd']}}",
            WrongFieldsTest::launch),
        new Valid(
            "launch of a role only",
            "{'iam': {'role': 'n', 'policies': ['s3:ReadOnly']}}",
            WrongFieldsTest::launch),
        new Valid(
            "instance",
            "{'instanceId': 'i-0123456789abcdef0', 'iam': {'policies': ['s3:ReadOnly']}, 'options': {'plan': false}}",
            WrongFieldsTest::launch),
        new Valid(
            "none",
            "{'instanceId': 'i-0123456789abcdef0', 'iam': {'none': true}}",
            WrongFieldsTest::launch),
        new Valid(
            "role of Batch",
            "{'iam': {'role': 'n', 'trustServices': ['batch'], 'permissionsBoundary': '"
                + RoleRequests.CONTEXT.serviceBoundary()
                + "'}}",
            WrongFieldsTest::launch),
        new Valid(
            "role set",
            "{'namePrefix': 'n', 'tags': {'a': 'b'}, 'creator': 'ann', 'plan': true, 'delete': false, 'roles': ["
                + IAM
                + ", {'role': 'n-b', 'policies': ['sqs:ReadWrite']}]}",
            WrongFieldsTest::roleSet),
        new Valid(
            "role set of a preset",
            "{'namePrefix': 'n', 'preset': 'metaflow-batch', 'jobResources': ['s3://a/*'], 'enableSpotFleetRole': true,"
                + " 'additionalJobPolicies': ['ReadOnlyAccess'], 'jobStatements': "
                + STATEMENTS
                + "}",
            WrongFieldsTest::roleSet),
        new Valid(
            "role set to remove", "{'namePrefix': 'n', 'delete': true}", WrongFieldsTest::roleSet),
        new Valid(
            "sweep",
            "{'dryRun': true, 'regions': ['eu-west-1'], 'roleNames': ['a'], 'roleSet': 'n', 'olderThan': 'P7D',"
                + " 'mayDeleteMost': true}",
            SweepRequestReader::read));
  }

  /** A place in a payload. */
  private record Place(String path, Consumer<JsonNode> put) {}

  private static List<Place> places(JsonNode parent, String path) {
    List<Place> places = new ArrayList<>();
    if (parent instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        String at = JsonPath.member(path, member.getKey());
        places.add(new Place(at, value -> object.set(member.getKey(), value)));
        places.addAll(places(member.getValue(), at));
      }
    } else if (parent instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        int index = i;
        String at = JsonPath.index(path, i);
        places.add(new Place(at, value -> list.set(index, value)));
        places.addAll(places(list.get(i), at));
      }
    }
    return places;
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void whatIsWrongAnywhereIsComplainedOfThereAndNowhereElse(Valid valid) {
    valid.reader().accept(json(valid.json()));
    int count = places(json(valid.json()), "$").size();
    int refused = 0;
    for (int number = 0; number < count; number++) {
      for (String wrong : WRONG) {
        JsonNode payload = json(valid.json());
        Place place = places(payload, "$").get(number);
        place.put().accept(json(wrong));

        List<Problem> problems = problems(valid.reader(), payload);

        List<Problem> there =
            problems.stream().filter(problem -> isAbout(problem.path(), place.path())).toList();
        if (!there.isEmpty()) { // otherwise it is right by itself, but does not go with the others
          refused++;
          assertThat(problems).as("%s in place of %s", wrong, place.path()).isEqualTo(there);
        }
      }
    }
    assertThat(refused).isGreaterThan(count * WRONG.size() / 2);
  }

  /**
   * Returns whether a problem is at a place, or in it. The elements of statements are the language
   * of IAM: there a problem of an element may be told at its statement or its condition.
   */
  private static boolean isAbout(String problem, String place) {
    return problem.equals(place)
        || problem.startsWith(place + ".")
        || problem.startsWith(place + "[")
        || (problem.matches(".*(tatements|Statement)\\[\\d+].*") && place.startsWith(problem));
  }

  private static List<Problem> problems(Consumer<JsonNode> reader, JsonNode payload) {
    Throwable thrown = catchThrowable(() -> reader.accept(payload));
    if (thrown == null) {
      return List.of();
    }
    assertThat(thrown).as("%s", payload).isInstanceOf(InvalidRequest.class);
    return ((InvalidRequest) thrown).problems();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'instanceId': 'web-1', 'iam': {'policies': ['s3:ReadOnly']}}                             | $.instanceId
          {'instanceId': 'web-1', 'instance': {'ImageId': 'a'}}                                     | $.instanceId
          {'instanceId': 'i-0123456789abcdef0', 'instance': 7}                                      | $.instance
          {'iam': {'none': 'yes'}}                                                                  | $.iam.none
          {'instance': {'ImageId': 'a'}, 'iam': {'trustServices': ['ecs-tasks', 'Ec2']}}            | $.iam.trustServices[1]
          {'instance': {'ImageId': 'a'}, 'iam': {'policies': ['nonsense'], 'resources': ['s3://a']}} | $.iam.policies[0]
          {'instance': {'ImageId': 'a'}, 'iam': {'policies': ['sts:WriteOnly'], 'resources': 7}}    | $.iam.resources
          {'options': {'wait': 7}}                                                                  | $.options.wait
          {'options': {'subnetIds': ['a']}}                                                         | $.options.subnetIds[0]
          {'instance': {'ImageId': 7}}                                                              | $.instance.ImageId
          {'instance': {'LaunchTemplate': 'lt-1'}}                                                  | $.instance.LaunchTemplate
          """)
  void whatFollowsFromAWrongFieldIsNotComplainedOf(String payload, String path) {
    assertThat(problems(WrongFieldsTest::launch, json(payload)))
        .extracting(Problem::path)
        .containsExactly(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'namePrefix': 'n', 'delete': 'yes'}                                   | $.delete
          {'namePrefix': 7, 'roles': [{'role': 'a'}]}                            | $.namePrefix
          {'namePrefix': 'n', 'preset': 7, 'roles': [{'role': 'n-a'}]}           | $.preset
          {'namePrefix': 'n', 'preset': 'metaflow-batch', 'roles': 7}            | $.roles
          {'namePrefix': 'n', 'preset': 'metaflow-batch', 'enableSpotFleetRole': 7} | $.enableSpotFleetRole
          """)
  void whatFollowsFromAWrongFieldOfARoleSetIsNotComplainedOf(String payload, String path) {
    assertThat(problems(WrongFieldsTest::roleSet, json(payload)))
        .extracting(Problem::path)
        .containsExactly(path);
  }

  @Test
  void twoTagKeysThatAreNoStringsAreNotTheSame() {
    assertThat(
            problems(
                WrongFieldsTest::launch,
                json(
                    "{'instance': {'ImageId': 'a', 'TagSpecifications': [{'Tags': [{'Key': 1}, {'Key': 2}]}]}}")))
        .extracting(Problem::path)
        .containsExactly(
            "$.instance.TagSpecifications[0].Tags[0].Key",
            "$.instance.TagSpecifications[0].Tags[1].Key");
  }

  private static JsonNode json(String text) {
    try {
      return Json.read(text.replace('\'', '"'));
    } catch (JsonProcessingException brokenTest) {
      throw new IllegalArgumentException(text, brokenTest);
    }
  }
}
