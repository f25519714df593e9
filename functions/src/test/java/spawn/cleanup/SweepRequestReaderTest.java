package spawn.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static spawn.role.RoleRequests.json;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.error.InvalidRequest;
import spawn.error.Problem;

/** What a direct call asks for, or what is wrong with it. */
class SweepRequestReaderTest {
  @Test
  void everyFieldIsRead() {
    assertThat(
            SweepRequestReader.read(
                json(
                    "{'dryRun': true, 'regions': ['us-gov-west-1'], 'roleNames': ['a', 'b', 'a'], 'olderThan': 'P7D',"
                        + " 'mayDeleteMost': true, 'roleSet': 'metaflow-prod'}")))
        .isEqualTo(
            new SweepRequest(
                true,
                Set.of("us-gov-west-1"),
                Set.of("a", "b"),
                Duration.ofDays(7),
                true,
                Optional.of("metaflow-prod"),
                false));
    assertThat(SweepRequestReader.read(json("{'everything': true, 'dryRun': true}")))
        .isEqualTo(GivenRequest.aRequest().everything().dryRun().build());
  }

  @Test
  void whatIsLeftOutAsksForTheOrdinarySweep() {
    assertThat(SweepRequestReader.read(json("{}"))).isEqualTo(SweepRequest.ordinary());
  }

  /** A script whose variable is empty asks for a dry run, for one region or for one role. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "dryRun",
        "regions",
        "roleNames",
        "roleSet",
        "everything",
        "olderThan",
        "mayDeleteMost"
      })
  void aNullDoesNotTurnIntoTheOrdinarySweep(String field) {
    InvalidRequest refused =
        catchThrowableOfType(
            InvalidRequest.class,
            () -> SweepRequestReader.read(json("{'%s': null}".formatted(field))));

    assertThat(refused.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "$.%s: Must not be null. Give it a value, or leave it out.".formatted(field));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'dryrun': true}        | $.dryrun: Unknown field. Did you mean "dryRun"? Known fields: dryRun, regions, roleNames, roleSet, everything, olderThan, mayDeleteMost.
          {'dryRun': 'yes'}       | $.dryRun: Must be true or false, not a string.
          {'regions': []}         | $.regions: Must be a list of 1 or more regions, not an empty list.
          {'regions': ['europe']} | $.regions[0]: "europe" is not a valid region: write for example "eu-west-1".
          {'roleNames': 'a'}      | $.roleNames: Must be a list of 1 or more role names, not a string.
          {'roleNames': ['a/b']}  | $.roleNames[0]: "a/b" is not a valid role name: must have 1 to 64 letters, digits and _ + = , . @ -, without a path.
          {'roleNames': [null]}   | $.roleNames[0]: Must be a string, not null.
          {'roleSet': 'a/b'}      | $.roleSet: "a/b" is not a valid role set name: must have 1 to 64 letters, digits and _ + = , . @ -, without a path.
          {'olderThan': '-P1D'}   | $.olderThan: "-P1D" is not a valid duration: write ISO 8601, for example "P7D" or "PT36H".
          {'everything': 'yes'}   | $.everything: Must be true or false, not a string.
          {'everything': true, 'roleNames': ['a']} | $.everything: Must not be combined with "roleNames" or "roleSet": everything is more than these. Leave one out.
          {'everything': true, 'roleSet': 'a'}     | $.everything: Must not be combined with "roleNames" or "roleSet": everything is more than these. Leave one out.
          []                      | $: Must be an object, not a list. Known fields: dryRun, regions, roleNames, roleSet, everything, olderThan, mayDeleteMost.
          """)
  void eachMistakeIsToldWithItsPath(String call, String problem) {
    InvalidRequest refused =
        catchThrowableOfType(InvalidRequest.class, () -> SweepRequestReader.read(json(call)));

    assertThat(refused.problems()).extracting(Problem::toString).containsExactly(problem);
  }
}
