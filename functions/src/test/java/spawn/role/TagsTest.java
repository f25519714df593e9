package spawn.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import spawn.aws.SimulatedAws;

class TagsTest {
  /** The categories of {@code \p{L}}, {@code \p{Z}} and {@code \p{N}}. */
  private static final Set<Integer> LETTERS_SEPARATORS_NUMBERS =
      List.of(
              Character.UPPERCASE_LETTER,
              Character.LOWERCASE_LETTER,
              Character.TITLECASE_LETTER,
              Character.MODIFIER_LETTER,
              Character.OTHER_LETTER,
              Character.SPACE_SEPARATOR,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.DECIMAL_DIGIT_NUMBER,
              Character.LETTER_NUMBER,
              Character.OTHER_NUMBER)
          .stream()
          .map(Byte::intValue)
          .collect(Collectors.toSet());

  private static boolean isDocumented(int codePoint) {
    return LETTERS_SEPARATORS_NUMBERS.contains(Character.getType(codePoint))
        || "_.:/=+-@".indexOf(codePoint) >= 0;
  }

  @Test
  void keysValuesAndCleanedTextsHoldExactlyTheCharactersThatIamDocuments() {
    assertThat(
            IntStream.rangeClosed(Character.MIN_CODE_POINT, Character.MAX_CODE_POINT)
                .filter(TagsTest::isTreatedOtherwise)
                .mapToObj("U+%04X"::formatted))
        .isEmpty();
  }

  private static boolean isTreatedOtherwise(int codePoint) {
    String character = Character.toString(codePoint);
    boolean documented = isDocumented(codePoint);
    return Tags.KEY.matches(character) != documented
        || Tags.VALUE.matches(character) != documented
        || !Tags.value(character).equals(documented ? character : "_");
  }

  @Test
  void aCleanedTextIsAlwaysAValidValue() {
    String long256 = "𝟘".repeat(256);

    assertThat(Tags.value(long256 + "9")).isEqualTo(long256);
    assertThat(Tags.VALUE.matches(long256)).isTrue();
    assertThat(Tags.VALUE.matches(long256 + "9")).isFalse();
    assertThat(Tags.value("")).isEmpty();
  }

  @Test
  void aKeyHas1To128Characters() {
    assertThat(Tags.KEY.matches("")).isFalse();
    assertThat(Tags.KEY.matches("k".repeat(128))).isTrue();
    assertThat(Tags.KEY.matches("k".repeat(129))).isFalse();
  }

  @Test
  void everyTagOfSpawnsIsReservedInAnyCase() throws IllegalAccessException {
    List<String> keys = new ArrayList<>();
    for (Field field : Tags.class.getFields()) {
      if (field.getType() == String.class
          && !List.of("PATH", "WHY_NO_MORE", "RESERVED_IN_WORDS").contains(field.getName())) {
        assertThat(Modifier.isFinal(field.getModifiers())).isTrue();
        keys.add((String) field.get(null));
      }
    }

    assertThat(keys).hasSizeGreaterThan(9).containsAll(Tags.RESERVED_ON_ROLES);
    assertThat(keys).allMatch(Tags::isReserved);
    assertThat(keys).allMatch(key -> Tags.isReserved("S" + key.substring(1)));
    assertThat(Arrays.asList("aws:x", "AWS:x")).allMatch(Tags::isReserved);
    assertThat(Arrays.asList("spawn", "spawning:x", "awsome")).noneMatch(Tags::isReserved);
  }

  /** The simulated IAM refuses the fifty-first tag of a role. */
  @Test
  void aCallerThatUsesAllItsTagsLeavesRoomForEveryTagOfSpawns() {
    SimulatedAws aws = SimulatedAws.create();
    RoleRequest named = RoleRequests.named("set-role", "{'policies': ['s3:ReadOnly']}");
    Map<String, String> tags =
        IntStream.range(0, Tags.MAX_OF_CALLER)
            .boxed()
            .collect(Collectors.toMap("key-%d"::formatted, i -> "v", (a, b) -> a, TreeMap::new));
    tags.put(Tags.TEAM, "data");
    RoleRequest full =
        new RoleRequest(
            named.names(),
            named.permissions(),
            true,
            tags,
            named.creator(),
            named.paths(),
            named.boundaries(),
            null,
            true);

    new RoleConvergence(aws.iam(), RoleRequests.OWNER, aws.clock()).converge(full, "set", false);
    aws.personsIam()
        .tagRole(
            tag ->
                tag.roleName("set-role")
                    .tags(
                        Tags.of(Tags.DELETING, "now"),
                        Tags.of(Tags.EXPIRES, "then"),
                        Tags.of(Tags.REVOKED, "now"),
                        Tags.of(Tags.KEEP, "true")));

    assertThat(aws.role("set-role").orElseThrow().tags().keySet())
        .hasSize(50)
        .containsAll(Tags.RESERVED_ON_ROLES);
  }
}
