package spawn.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.policy.Severity;
import spawn.policy.Warning;
import spawn.role.Drift;
import spawn.role.DriftKind;
import spawn.role.FullRole;
import spawn.role.KnownRole;
import spawn.role.RolePolicies;
import spawn.role.RoleRequests;
import spawn.role.Tags;

/** The page that an audit answers with; {@code local/page/run} looks at it in a browser. */
class AuditPageTest {
  /** What would run, or break out of where it stands, if it were taken for markup. */
  private static final String HOSTILE =
      "</script><script>document.title='run'</script><img src=x onerror=\"document.title='run'\">&lt;\u2028'`${1}\\";

  private static final Path PAGES = Path.of("target", "page");

  private final SimulatedAws aws = SimulatedAws.create();
  private final IamClient person = aws.personsIam();
  private final GivenRoles given = new GivenRoles(aws, GivenAudit.dice());

  private static void write(String name, String page) throws IOException {
    Files.createDirectories(PAGES);
    Files.writeString(PAGES.resolve(name + ".html"), page);
  }

  private static JsonNode data(String page) throws IOException {
    Matcher element =
        Pattern.compile("<script type=\"application/json\" id=\"report\">([^<]*)</script>")
            .matcher(page);
    assertThat(element.find()).isTrue();
    return new ObjectMapper().readTree(element.group(1));
  }

  private void tag(String role, String key, String value) {
    person.tagRole(tag -> tag.roleName(role).tags(Tags.of(key, value)));
  }

  private void use(String role) {
    person.createInstanceProfile(
        create -> create.instanceProfileName(role).path("/spawn/spawn/us-east-1/"));
    person.addRoleToInstanceProfile(add -> add.instanceProfileName(role).roleName(role));
    aws.advance(Duration.ofMinutes(3));
    aws.personsEc2("us-east-1")
        .runInstances(
            run ->
                run.imageId("ami-1")
                    .minCount(1)
                    .maxCount(1)
                    .iamInstanceProfile(profile -> profile.name(role)));
  }

  /**
   * An account as one might find it: much is well, and of everything that can be wrong something.
   */
  private AuditReport mixed(int roles) {
    List<String> names = new ArrayList<>(given.make(roles));
    String own =
        given.make(
            (ObjectNode)
                RoleRequests.json(
                    "{'role': 'report-writer', 'policies': ['s3:ReadWrite'], 'resources': ['s3://reports'], 'creator': 'ann'}"));
    given.make(
        (ObjectNode)
            RoleRequests.json(
                "{'role': 'build-agent', 'managedPolicies': ['AdministratorAccess'], 'creator': 'ci'}"));
    aws.advance(Duration.ofDays(12));
    for (int at = 0; at < names.size(); at++) {
      String role = names.get(at);
      if (at % 3 > 0) {
        tag(
            role,
            Tags.LEASE_UNTIL,
            aws.clock().instant().plusSeconds(at % 3 == 1 ? 1800 : -1800).toString());
      }
      if (at % 2 == 0) {
        tag(role, Tags.TEAM, at % 4 == 0 ? "data" : "web");
      }
    }
    for (int at = 10; at < names.size(); at += 3) {
      use(names.get(at));
    }
    aws.advance(Duration.ofMinutes(5));
    tag(names.get(3), Tags.DELETING, aws.clock().instant().toString());
    tag(names.get(4), Tags.EXPIRES, aws.clock().instant().minusSeconds(60).toString());
    tag(names.get(5), Tags.REVOKED, aws.clock().instant() + " key leaked");
    person.untagRole(untag -> untag.roleName(names.get(6)).tagKeys(Tags.LEASED_ID));
    person.updateAssumeRolePolicy(
        update ->
            update
                .roleName(own)
                .policyDocument(
                    GivenRole.TRUSTS_EC2.replace(
                        "{\"Service\":\"ec2.amazonaws.com\"}",
                        "{\"AWS\":\"arn:aws:iam::999999999999:root\"}")));
    person.attachRolePolicy(
        attach -> attach.roleName(names.get(7)).policyArn("arn:aws:iam::aws:policy/IAMFullAccess"));
    person.updateRole(update -> update.roleName(names.get(8)).maxSessionDuration(43_200));
    aws.givenRole("made-by-hand", role -> role.path("/spawn/spawn/us-east-1/"));
    return GivenAudit.run(aws);
  }

  @Test
  void itHoldsTheReportAndNothingThatIsFetched() throws IOException {
    AuditReport report = mixed(40);
    String page = AuditPage.of(report);
    write("small", page);

    assertThat(data(page)).hasToString(AuditJson.of(report).toString());
    assertThat(page)
        .startsWith("<!DOCTYPE html>\n<html lang=\"en\">")
        .doesNotContain(
            "{style}", "{script}", "{report}", "http:", "src=", "href=", "url(", "@import")
        .doesNotContain("innerHTML", "insertAdjacentHTML", "document.write", "eval(");
    assertThat(AuditJson.withPage(report).path("html").asText()).isEqualTo(page);
    assertThat(AuditJson.withPage(report).has("roles")).isFalse();
  }

  @Test
  void whatOthersHaveWrittenStandsInItAsDataOnly() throws IOException {
    AuditReport plain = mixed(10);
    Map<String, String> hostile = new TreeMap<>();
    hostile.put(HOSTILE, HOSTILE);
    AuditReport report =
        new AuditReport(
            plain.at(),
            plain.path() + HOSTILE,
            true,
            plain.roles().stream().map(AuditPageTest::hostile).toList(),
            List.of(HOSTILE),
            hostile,
            hostile,
            Optional.of(HOSTILE),
            Optional.of(HOSTILE));
    String page = AuditPage.of(report);
    write("hostile", page);

    assertThat(data(page).at("/roles/0/creator").asText()).isEqualTo(HOSTILE);
    assertThat(data(page).path("stopped").asText()).isEqualTo(HOSTILE);
    assertThat(page.split("<script", -1)).hasSize(3);
    assertThat(page).doesNotContain("<img", "&lt;", "\u2028");
  }

  /** A role in which everything that somebody may have written is hostile. */
  private static AuditedRole hostile(AuditedRole role) {
    Map<String, String> tags = new TreeMap<>(role.role().tags());
    for (String key :
        List.of(Tags.CREATOR, Tags.TEAM, Tags.SET, Tags.KEEP, Tags.EXPIRES, Tags.CLAIM)) {
      tags.put(key, HOSTILE);
    }
    KnownRole is = role.role();
    KnownRole changed =
        new KnownRole(
            HOSTILE,
            is.path(),
            is.arn() + HOSTILE,
            is.id(),
            is.created(),
            is.trustPolicy(),
            Optional.of(HOSTILE),
            is.maxSessionDuration(),
            is.lastUsed(),
            tags);
    return new AuditedRole(
        role.listed(),
        new FullRole(
            changed, new RolePolicies(Map.of(HOSTILE, NullNode.instance), List.of(HOSTILE))),
        role.stage(),
        List.of(new Drift(DriftKind.TRUST, HOSTILE)),
        List.of(new Warning(HOSTILE, Severity.HIGH, HOSTILE, HOSTILE, HOSTILE)),
        List.of(HOSTILE),
        Optional.of(new ServiceUse(Map.of(HOSTILE, HOSTILE), 1)),
        role.at());
  }

  @Test
  void aThousandRolesMakeAPageOfLessThanThreeMegabytes() throws IOException {
    AuditReport hundred = mixed(97);
    List<AuditedRole> thousand = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      thousand.addAll(hundred.roles());
    }
    String page =
        AuditPage.of(
            new AuditReport(
                hundred.at(),
                hundred.path(),
                false,
                thousand,
                List.of(),
                Map.of(),
                Map.of(),
                Optional.empty(),
                Optional.empty()));
    write("thousand", page);

    assertThat(thousand).hasSize(1000);
    assertThat(page.getBytes(StandardCharsets.UTF_8).length).isLessThan(3_000_000);
  }

  @Test
  void aStackWithoutRolesHasAPageToo() throws IOException {
    String page = AuditPage.of(GivenAudit.run(aws));
    write("empty", page);

    assertThat(data(page).path("roles")).isEmpty();
  }
}
