package spawn.template;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.CONTEXT;
import static spawn.role.RoleRequests.json;
import static spawn.template.LeastPrivilege.allows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.error.InvalidRequest;
import spawn.launch.PayloadReader;

/** What IAM itself holds of a team's limits: in the policies of the functions that make roles. */
class TeamLimitsTest {
  private static final String ROLE = "arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/a";
  private static final String REVIEWED = "arn:aws:iam::123456789012:policy/reviewed/*";

  private static Access onARole(Template template, String action, String key, String value) {
    return new Access(
        action,
        ROLE,
        Map.of(
            "iam:PermissionsBoundary",
            template.environment("ResolvePolicies").get("SPAWN_BOUNDARY"),
            key,
            value));
  }

  private static boolean attaches(Template template, String function, String policy) {
    return allows(
        template.statements(function),
        onARole(template, "iam:AttachRolePolicy", "iam:PolicyARN", policy));
  }

  @ParameterizedTest
  @CsvSource({
    "arn:aws:iam::aws:policy/ReadOnlyAccess,                         true",
    "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore,           true",
    "arn:aws:iam::aws:policy/service-role/AmazonSSMAutomationRole,   true",
    "arn:aws:iam::aws:policy/AWSReadOnlyAccess,                      false",
    "arn:aws:iam::aws:policy/AdministratorAccess,                    false",
    "arn:aws:iam::123456789012:policy/ReadOnlyAccess,                false",
    "arn:aws:iam::123456789012:policy/jobs,                          false",
    "arn:aws:iam::123456789012:policy/reviewed/jobs,                 true"
  })
  void onlyListedManagedPoliciesAreAttached(String policy, boolean listed) {
    Template open = Template.read();
    Template limited =
        open.with("AllowedManagedPolicies", "ReadOnlyAccess,AmazonSSM*")
            .with("AllowedPolicyArns", REVIEWED);
    for (String function : List.of("EnsureRole", "ConvergeRole")) {
      assertThat(attaches(open, function, policy)).isTrue();
      assertThat(attaches(limited, function, policy)).as(function).isEqualTo(listed);
    }
  }

  /** What stands in a managed policy is within no limit on resources that spawn could hold. */
  @ParameterizedTest
  @CsvSource({"AllowedResources, arn:aws:s3:::data/*", "AllowedManagedPolicies, none"})
  void aLimitThatListsNoPolicyLeavesThoseThatTheOwnerAnswersFor(String parameter, String value) {
    Template limited = Template.read().with(parameter, value);
    Template answering = limited.with("AllowedPolicyArns", REVIEWED);
    for (String function : List.of("EnsureRole", "ConvergeRole")) {
      assertThat(attaches(limited, function, "arn:aws:iam::aws:policy/ReadOnlyAccess")).isFalse();
      assertThat(attaches(limited, function, "arn:aws:iam::123456789012:policy/reviewed/a"))
          .isFalse();
      assertThat(attaches(answering, function, "arn:aws:iam::123456789012:policy/reviewed/a"))
          .isTrue();
    }
  }

  @Test
  void whatPresetsAttachThemselvesIsAttachedByRoleSetsWhateverTheLimits() throws IOException {
    Template limited = Template.read().with("AllowedManagedPolicies", "none");
    try (InputStream file =
        getClass().getResourceAsStream("/spawn/roleset/presets/metaflow-batch.json")) {
      JsonNode preset = new ObjectMapper().readTree(file);
      List<String> attached =
          preset
              .path("roles")
              .valueStream()
              .flatMap(role -> role.path("iam").path("managedPolicies").valueStream())
              .map(JsonNode::asText)
              .toList();

      assertThat(attached)
          .hasSize(3)
          .map(name -> "arn:aws:iam::aws:policy/service-role/" + name)
          .allMatch(policy -> attaches(limited, "ConvergeRole", policy))
          .noneMatch(policy -> attaches(limited, "EnsureRole", policy));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spawn:managed,spawn:creator       | true",
        "spawn:managed,project             | true",
        "spawn:managed,cost-center,project | true",
        "spawn:managed,team                | false",
        "Project                           | false",
      })
  void onlyListedKeysOfTagsAreGivenToRoles(String keys, boolean listed) {
    Template open = Template.read();
    Template limited = open.with("AllowedRoleTagKeys", "project,cost-*");
    for (String function : List.of("EnsureRole", "ConvergeRole")) {
      for (String action : List.of("iam:CreateRole", "iam:TagRole")) {
        Access access = onARole(open, action, "aws:TagKeys", keys);

        assertThat(allows(open.statements(function), access)).isTrue();
        assertThat(allows(limited.statements(function), access)).as(action).isEqualTo(listed);
      }
    }
  }

  /** Calls that have no such key stay as they are. */
  @Test
  void aRoleIsMadeAndFilledUnderEveryLimit() {
    Template limited =
        Template.read()
            .with("AllowedManagedPolicies", "none")
            .with("AllowedResources", "none")
            .with("AllowedRoleTagKeys", "none");
    for (String function : List.of("EnsureRole", "ConvergeRole")) {
      assertThat(List.of("iam:CreateRole", "iam:PutRolePolicy"))
          .allMatch(
              action ->
                  allows(
                      limited.statements(function),
                      onARole(limited, action, "aws:RequestedRegion", "us-east-1")));
    }
  }

  /** An empty value in a condition would match nothing that there is, and may be refused. */
  @ParameterizedTest
  @ValueSource(strings = {"AllowedManagedPolicies", "AllowedResources", "AllowedRoleTagKeys"})
  void noConditionHasAnEmptyValue(String parameter) {
    Template limited = Template.read().with(parameter, "none");
    for (String function : List.of("EnsureRole", "ConvergeRole")) {
      assertThat(limited.statements(function))
          .noneMatch(statement -> statement.path("Condition").toString().contains("\"\""));
    }
  }

  private static final List<String> POLICIES =
      List.of(
          "arn:aws:iam::aws:policy/ReadOnlyAccess",
          "arn:aws:iam::aws:policy/service-role/AWSBatchServiceRole",
          "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
          "arn:aws:iam::123456789012:policy/ReadOnlyAccess",
          "arn:aws:iam::123456789012:policy/reviewed/a");
  private static final List<String> KEYS =
      List.of("project", "Project", "cost-center", "a:b", "a b");

  /** What the code lets through IAM does, and nothing else, whatever the limits are. */
  @Test
  void iamAgreesWithTheCodeAboutManagedPoliciesAndKeysOfTags() {
    Random random = new Random(20_261_126);
    Template open = Template.read();
    for (int count = 0; count < 500; count++) {
      Map<String, String> limits = limits(random);
      Template template = open;
      for (Map.Entry<String, String> limit : limits.entrySet()) {
        template = template.with(limit.getKey(), limit.getValue());
      }
      for (String policy : POLICIES) {
        assertThat(attaches(template, "EnsureRole", policy))
            .as("%s under %s", policy, limits)
            .isEqualTo(isTaken("'managedPolicies': ['%s']".formatted(policy), limits));
      }
      for (String key : KEYS) {
        assertThat(
                allows(
                    template.statements("EnsureRole"),
                    onARole(template, "iam:CreateRole", "aws:TagKeys", "spawn:managed," + key)))
            .as("%s under %s", key, limits)
            .isEqualTo(isTaken("'roleTags': {'%s': ''}".formatted(key), limits));
      }
    }
  }

  private static Map<String, String> limits(Random random) {
    Map<String, List<String>> entries =
        Map.of(
            "AllowedManagedPolicies",
            List.of("none", "ReadOnlyAccess", "*", "AWS*Role", "*SSM*", "ReadOnlyAcces?"),
            "AllowedPolicyArns",
            List.of(
                "arn:aws:iam::123456789012:policy/*",
                REVIEWED,
                "arn:aws:iam::aws:policy/service-role/*",
                "arn:aws:iam::123456789012:policy/reviewed/b"),
            "AllowedResources",
            List.of("none", "arn:aws:s3:::data/*"),
            "AllowedRoleTagKeys",
            List.of("none", "project", "cost-*", "a*", "?roject", "*"));
    Map<String, String> limits = new TreeMap<>();
    entries.forEach(
        (parameter, all) -> {
          List<String> some = all.stream().filter(entry -> random.nextInt(4) == 0).toList();
          limits.put(parameter, String.join(",", some));
        });
    return limits;
  }

  private static boolean isTaken(String iam, Map<String, String> limits) {
    try {
      new PayloadReader(CONTEXT)
          .read(
              json("{'instance': {'ImageId': 'ami-1'}, 'iam': {" + iam + "}}"),
              "execution",
              limits);
      return true;
    } catch (InvalidRequest refused) {
      return false;
    }
  }
}
