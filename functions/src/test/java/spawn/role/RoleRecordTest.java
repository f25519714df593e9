package spawn.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.aws.AwsErrors;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.error.RoleConflict;
import spawn.error.RoleUnfinished;

/** What a role of a launch was made with, in its own tags. */
class RoleRecordTest {
  private static final RoleRequest READ_S3 = RoleRequests.of("{'policies': ['s3:ReadOnly']}");

  private final SimulatedAws aws = SimulatedAws.create();
  private final Roles roles =
      new Roles(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD);

  private static RoleRequest tagged(RoleRequest request, Map<String, String> tags) {
    return new RoleRequest(
        request.names(),
        request.permissions(),
        request.described(),
        tags,
        request.creator(),
        request.paths(),
        request.boundaries(),
        request.passableRoles(),
        request.roleOnly());
  }

  private static Map<String, String> callersTags(int count) {
    return IntStream.range(0, count)
        .boxed()
        .collect(Collectors.toMap("key-%02d"::formatted, i -> "v", (a, b) -> a, TreeMap::new));
  }

  /** Returns a request whose policy names random buckets, so that it can hardly be compressed. */
  private static RoleRequest large(String name, int buckets) {
    Random random = new Random(7);
    String resources =
        IntStream.range(0, buckets)
            .mapToObj(i -> "'arn:aws:s3:::" + Long.toHexString(random.nextLong()) + i + "'")
            .collect(Collectors.joining(","));
    return RoleRequests.named(
        name,
        "{'statements': [{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': ["
            + resources
            + "]}]}");
  }

  private KnownRole known(String name) {
    return KnownRole.of(aws.personsIam().getRole(get -> get.roleName(name)).role());
  }

  private static KnownRole withTags(KnownRole role, Map<String, String> tags) {
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.putAll(tags);
    return new KnownRole(
        role.name(),
        role.path(),
        role.arn(),
        role.id(),
        role.created(),
        role.trustPolicy(),
        role.permissionsBoundary(),
        role.maxSessionDuration(),
        role.lastUsed(),
        all);
  }

  private static long parts(KnownRole role) {
    return role.tags().keySet().stream().filter(RoleRecord::isKey).count();
  }

  private void assertRecords(KnownRole role, RoleRequest request) {
    assertThat(RoleRecord.of(role))
        .contains(new RoleRecord(request.permissions(), request.tags()))
        .hasValueSatisfying(record -> assertThat(record.hash()).isEqualTo(request.hash()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'policies': ['s3:ReadOnly', 'sqs:ReadWrite'], 'resources': ['s3://data', 'sqs://work']}",
        "{'managedPolicies': ['AmazonSSMManagedInstanceCore', 'arn:aws:iam::123456789012:policy/team/ours']}",
        "{'assumeRoles': ['arn:aws:iam::111122223333:role/reader'], 'maxSessionDuration': 43200}",
        "{'policies': ['dynamodb:ReadOnly'], 'trustServices': ['ecs-tasks', 'ec2']}",
        "{'policyDocument': {'Version': '2008-10-17', 'Statement':"
            + "{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::home/${aws:username}/*'}}}",
        "{'statements': [{'Effect': 'Deny', 'NotAction': 's3:*', 'NotResource': 'arn:aws:s3:::*',"
            + "'Condition': {'ForAnyValue:StringLike': {'aws:TagKeys': ['a', 'b']}, 'Bool': {'aws:SecureTransport': 'false'}}}]}",
        "{}"
      })
  void aRoleSaysInItsTagsWhatItWasMadeWith(String iam) {
    RoleRequest request =
        tagged(RoleRequests.of(iam), Map.of("team", "genomics", "Größe", "ß", Tags.TEAM, "data"));

    String name = roles.ensure(request).role().name();

    assertThat(RoleRecord.of(known(name)))
        .contains(new RoleRecord(request.permissions(), Map.of("team", "genomics", "Größe", "ß")));
    assertThat(RoleRecord.of(known(name)).orElseThrow().hash()).isEqualTo(request.hash());
  }

  @Test
  void theRecordCostsNoCall() {
    roles.ensure(READ_S3);

    assertThat(aws.operations())
        .containsExactly("GetRole", "CreateRole", "PutRolePolicy", "TagRole");
    assertThat(parts(known(READ_S3.names().get(0)))).isBetween(1L, 2L);
  }

  @Test
  void theLargestPolicyOfARoleIsRecorded() {
    RoleRequest large = large("large", 260);
    assertThat(large.permissions().inlinePolicy().toString().length()).isBetween(9_000, 10_240);

    roles.ensure(large);

    assertThat(parts(known("large"))).isBetween(15L, 38L);
    assertRecords(known("large"), large);
  }

  @ParameterizedTest
  @CsvSource({"40,true", "3,true", "2,true", "1,false", "0,false"})
  void whatDoesNotFitBesideTheOtherTagsIsNotRecordedWhichIsNoError(int left, boolean fits) {
    Map<String, String> tags = callersTags(Math.max(0, Tags.MAX_OF_CALLER - left));
    RoleRequest request = tagged(READ_S3, tags);

    String name = roles.ensure(request).role().name();

    assertThat(RoleRecord.of(known(name)).isPresent()).isEqualTo(fits);
    assertThat(known(name).tags()).hasSizeLessThanOrEqualTo(50).containsAllEntriesOf(tags);
  }

  @Test
  void everyTagOfSpawnsStillFitsBesideTheLargestRecord() {
    for (int buckets = 100; buckets <= 280; buckets += 30) {
      RoleRequest request = tagged(large("large-" + buckets, buckets), callersTags(20));
      KnownRole made = roles.ensure(request).role();

      Map<String, String> all = new TreeMap<>(known(made.name()).tags());
      Tags.RESERVED_ON_ROLES.forEach(key -> all.putIfAbsent(key, "x"));

      assertThat(all).hasSizeLessThanOrEqualTo(50);
    }
  }

  @Test
  void anyTagOfTheRecordThatIsChangedOrMissingMakesItNoRecord() {
    RoleRequest request = large("large", 40);
    roles.ensure(request);
    KnownRole role = known("large");
    assertThat(parts(role)).isGreaterThan(2);
    Random random = new Random(3);

    for (String key : role.tags().keySet()) {
      if (RoleRecord.isKey(key)) {
        Map<String, String> without = new TreeMap<>(role.tags());
        without.remove(key);
        assertThat(RoleRecord.of(withTags(role, without))).as("without %s", key).isEmpty();
        for (int i = 0; i < 20; i++) {
          StringBuilder edited = new StringBuilder(role.tags().get(key));
          int at = random.nextInt(edited.length());
          edited.setCharAt(at, edited.charAt(at) == 'A' ? 'B' : 'A');
          Map<String, String> changed = new TreeMap<>(role.tags());
          changed.put(key, edited.toString());
          assertThat(RoleRecord.of(withTags(role, changed)))
              .as("%s changed at %d", key, at)
              .satisfiesAnyOf(
                  none -> assertThat(none).isEmpty(),
                  // the last character of Base64 has bits that mean nothing
                  same ->
                      assertThat(same).contains(new RoleRecord(request.permissions(), Map.of())));
        }
        Map<String, String> cut = new TreeMap<>(role.tags());
        cut.put(key, role.tags().get(key).substring(0, role.tags().get(key).length() / 2));
        assertThat(RoleRecord.of(withTags(role, cut))).as("%s cut", key).isEmpty();
      }
    }
  }

  @Test
  void aRecordOfOtherContentThanTheHashIsNoRecord() {
    roles.ensure(READ_S3);
    RoleRequest more = RoleRequests.of("{'policies': ['s3:FullAccess']}");
    roles.ensure(more);
    KnownRole role = known(READ_S3.names().get(0));
    Map<String, String> forged = new TreeMap<>(role.tags());
    known(more.names().get(0))
        .tags()
        .forEach(
            (key, value) -> {
              if (RoleRecord.isKey(key)) {
                forged.put(key, value);
              }
            });

    assertThat(RoleRecord.of(withTags(role, forged))).isEmpty();
  }

  private static String deflated(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out =
        new DeflaterOutputStream(bytes, new Deflater(Deflater.BEST_COMPRESSION, true))) {
      out.write(content);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private KnownRole recording(String text) {
    roles.ensure(READ_S3);
    KnownRole role = known(READ_S3.names().get(0));
    Map<String, String> tags = RoleRecord.without(role.tags());
    int count = (text.length() + 255 + 6) / 256;
    List<String> all = new ArrayList<>();
    String whole = "1.%d.%s".formatted(count, text);
    for (int from = 0; from < whole.length(); from += 256) {
      all.add(whole.substring(from, Math.min(whole.length(), from + 256)));
    }
    for (int part = 0; part < all.size(); part++) {
      tags.put(Tags.RECORD + part, all.get(part));
    }
    return withTags(role, tags);
  }

  @Test
  void aRecordThatSwellsIsNotReadToItsEnd() throws IOException {
    KnownRole bomb = recording(deflated(new byte[9_000_000]));
    assertThat(parts(bomb)).isGreaterThan(20);

    assertThat(RoleRecord.of(bomb)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "7",
        "{}",
        "[]",
        "{\"permissions\":null,\"tags\":{}}",
        "{\"permissions\":{},\"tags\":null}",
        "{\"permissions\":{\"trustedServices\":[null],\"inlinePolicy\":null,\"managedPolicyArns\":[],\"permissionsBoundary\":\"b\",\"maxSessionDuration\":1},\"tags\":{}}",
        "{\"permissions\":{\"trustedServices\":[],\"inlinePolicy\":{\"Statement\":[7,{\"Effect\":[]}]},\"managedPolicyArns\":[],\"permissionsBoundary\":\"b\",\"maxSessionDuration\":1},\"tags\":{}}",
        "{\"permissions\":{\"trustedServices\":[],\"inlinePolicy\":{},\"managedPolicyArns\":[],\"permissionsBoundary\":\"b\",\"maxSessionDuration\":1},\"tags\":{\"a\":null}}"
      })
  void whatIsNoRecordIsNotReadAsOne(String json) throws IOException {
    assertThat(RoleRecord.of(recording(deflated(json.getBytes(StandardCharsets.UTF_8))))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1.", "1.99.AAAA", "1.0.AAAA", "2.1.AAAA", "1.1.*", "x", "1.1.____"})
  void aTagThatSomeoneHasEditedIsNotReadAsARecord(String first) {
    roles.ensure(READ_S3);
    KnownRole role = known(READ_S3.names().get(0));
    Map<String, String> tags = RoleRecord.without(role.tags());
    tags.put(Tags.RECORD + 0, first);

    assertThat(RoleRecord.of(withTags(role, tags))).isEmpty();
  }

  @Test
  void aRoleOfAnEarlierVersionHasNoRecord() {
    roles.ensure(READ_S3);
    KnownRole role = known(READ_S3.names().get(0));

    assertThat(RoleRecord.of(withTags(role, RoleRecord.without(role.tags())))).isEmpty();
  }

  // A role that was never finished becomes other content

  private void refused(RoleRequest request) {
    Faults refusal =
        Faults.beforeFirst("PutRolePolicy", () -> AwsErrors.malformedPolicyDocument("no"));
    aws.faults(refusal);
    assertThatThrownBy(() -> roles.ensure(request)).isInstanceOf(RuntimeException.class);
    aws.faults(Faults.NONE);
    aws.settle();
  }

  private void claimAndComplete(RoleRequest request) {
    assertThatExceptionOfType(RoleUnfinished.class).isThrownBy(() -> roles.ensure(request));
    aws.advance(Claim.WAIT);
    roles.ensure(request);
  }

  @Test
  void aShorterRecordIsReadAlthoughTagsOfALongerOneRemain() {
    refused(large("reports", 200));
    long before = parts(known("reports"));
    RoleRequest mended = large("reports", 20);

    claimAndComplete(mended);

    assertThat(parts(known("reports"))).isEqualTo(before);
    assertRecords(known("reports"), mended);
  }

  @Test
  void aLongerRecordTakesThePlaceOfAShorterOne() {
    refused(large("reports", 20));
    RoleRequest mended = large("reports", 200);

    claimAndComplete(mended);

    assertRecords(known("reports"), mended);
  }

  @Test
  void theCallersTagsOfWhatARoleBecomesAreWrittenWithItsRecord() {
    refused(tagged(large("reports", 20), Map.of("team", "a")));
    RoleRequest mended = tagged(large("reports", 30), Map.of("team", "b", "cost", "7"));

    claimAndComplete(mended);

    assertThat(known("reports").tags()).containsEntry("team", "b").containsEntry("cost", "7");
    assertRecords(known("reports"), mended);
  }

  @Test
  void aRoleWithTagsThatThePayloadDoesNotAskForBecomesNothingElse() {
    refused(tagged(large("reports", 20), Map.of("team", "a", "cost", "7")));
    aws.forgetCalls();

    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(() -> roles.ensure(tagged(large("reports", 30), Map.of("team", "b"))))
        .withMessageContaining("it has the tags [cost], which the payload does not ask for");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void tagsThatOthersHaveAddedDoNotKeepARoleFromBecomingSomethingElse() {
    refused(large("reports", 20));
    aws.personsIam()
        .tagRole(tag -> tag.roleName("reports").tags(Tags.of("found-by", "an auditor")));
    aws.settle();
    RoleRequest mended = large("reports", 30);

    claimAndComplete(mended);

    assertRecords(known("reports"), mended);
  }

  @Test
  void aLongRecordThatLeavesNoRoomForThePayloadsTagsIsSaidAtOnce() {
    refused(large("reports", 260));
    aws.forgetCalls();

    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(() -> roles.ensure(tagged(large("reports", 20), callersTags(30))))
        .withMessageContaining("more than IAM takes on a role");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aRoleWithoutARecordGetsOneWhenItIsCompleted() {
    refused(large("reports", 20));
    List<String> keys =
        known("reports").tags().keySet().stream().filter(RoleRecord::isKey).toList();
    aws.personsIam().untagRole(untag -> untag.roleName("reports").tagKeys(keys));
    aws.advance(Duration.ofMinutes(1));

    roles.ensure(large("reports", 20));

    assertRecords(known("reports"), large("reports", 20));
  }

  @Test
  void rolesOfSetsHaveNoRecord() {
    RoleConvergence sets = new RoleConvergence(aws.iam(), RoleRequests.OWNER, aws.clock());

    sets.converge(large("of-a-set", 20), "set", false);

    assertThat(parts(known("of-a-set"))).isZero();
  }

  @Test
  void theTagsHoldNothingThatIamRefusesInATag() {
    List<Tag> tags = RoleRecord.tagsOf(large("large", 260), Set.of());

    assertThat(tags).allMatch(tag -> Tags.VALUE.matches(tag.value()));
    assertThat(tags).allMatch(tag -> Tags.isReserved(tag.key()));
  }
}
