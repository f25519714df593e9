package spawn.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static spawn.role.RoleRequests.json;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.error.InvalidRequest;
import spawn.error.Problem;
import spawn.error.Problems;

/** What members are read as, and what is said of those that are not as they are declared. */
class PayloadObjectTest {
  private static final Field<String> NAME =
      Field.required(
          "name", Text.of("name", 1, 3, "[a-z]", "lower-case letters"), "its name", "\"abc\"");
  private static final Field<String> COLOUR =
      Field.optional("colour", new OneOf("colour", List.of("red", "green")), "its colour");
  private static final Field<Boolean> FLAG = Field.optional("flag", new Flag(), "a flag");
  private static final Field<Integer> COUNT =
      Field.optional("count", new WholeNumber(1, 9, "eggs"), "how many");
  private static final Field<Duration> AGE =
      Field.optional("age", new IsoDuration(), "how old it is");
  private static final Field<List<String>> WORDS =
      Field.optional("words", ListOf.upTo(2, Text.ANY), "words");
  private static final Field<List<String>> IDS =
      Field.optional(
          "ids",
          ListOf.oneOrMore(Text.like("id", 9, "id-\\d+", "write for example \"id-7\""))
              .withoutDuplicates(),
          "ids");
  private static final Field<PayloadObject> CHILD =
      Field.optional("child", new ObjectOf("children", Fields.of(NAME, FLAG)), "a child");
  private static final Field<List<PayloadObject>> CHILDREN =
      Field.optional(
          "children",
          new ListOf<>(new ObjectOf("children", Fields.of(NAME)), 1, 2, false),
          "children");
  private static final Field<Map<String, String>> TAGS =
      Field.optional(
          "tags",
          new TextMap(
              "tags",
              Text.of("key", 1, 4, "[A-Za-z]", "letters"),
              Text.of("value", 0, 4, "[a-z]", "letters"),
              2,
              "two are enough"),
          "tags");
  private static final Fields ALL =
      Fields.of(NAME, COLOUR, FLAG, COUNT, AGE, WORDS, IDS, CHILD, CHILDREN, TAGS);

  private static final String MISSING_NAME = "$.name: Missing: its name, for example \"abc\".";

  private final Problems problems = new Problems();

  private PayloadObject object(String json) {
    return PayloadObject.of(json(json), ALL, problems);
  }

  private void readEverything(PayloadObject object) {
    ALL.list().forEach(object::get);
  }

  @Test
  void everyKindIsReadAsWhatItIs() {
    PayloadObject object =
        object(
            "{'name': 'abc', 'colour': 'red', 'flag': true, 'count': 9, 'age': 'PT36H', 'words': ['a', 'a'],"
                + " 'ids': ['id-1'], 'child': {'name': 'x'}, 'children': [{'name': 'y'}], 'tags': {'k': 'v'}}");

    assertThat(object.get(NAME)).contains("abc");
    assertThat(object.get(COLOUR)).contains("red");
    assertThat(object.isTrue(FLAG)).isTrue();
    assertThat(object.get(COUNT)).contains(9);
    assertThat(object.get(AGE)).contains(Duration.ofHours(36));
    assertThat(object.list(WORDS)).containsExactly("a", "a");
    assertThat(object.list(IDS)).containsExactly("id-1");
    assertThat(object.object(CHILD).get(NAME)).contains("x");
    assertThat(object.list(CHILDREN).get(0).get(NAME)).contains("y");
    assertThat(object.get(TAGS)).contains(Map.of("k", "v"));
    assertThat(problems.list()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                      | $.name: Missing: its name, for example "abc".
          {'name': 7}                             | $.name: Must be a string, not a number.
          {'name': 'ABC'}                         | $.name: "ABC" is not a valid name: must have 1 to 3 lower-case letters.
          {'name': 'abcd'}                        | $.name: "abcd" is not a valid name: must have 1 to 3 lower-case letters.
          {'colour': 'gren'}                      | $.colour: Unknown colour "gren". Did you mean "green"? Known colours: red, green.
          {'colour': true}                        | $.colour: Must be a string, not true.
          {'flag': 'yes'}                         | $.flag: Must be true or false, not a string.
          {'count': 10}                           | $.count: Must be a whole number of eggs from 1 to 9, not 10.
          {'count': 1.5}                          | $.count: Must be a whole number of eggs from 1 to 9, not 1.5.
          {'count': '1'}                          | $.count: Must be a whole number of eggs from 1 to 9, not a string.
          {'age': 'old'}                          | $.age: "old" is not a valid duration: write ISO 8601, for example "P7D" or "PT36H".
          {'age': '-PT1H'}                        | $.age: "-PT1H" is not a valid duration: write ISO 8601, for example "P7D" or "PT36H".
          {'age': 3600}                           | $.age: Must be a string, not a number.
          {'words': 'a'}                          | $.words: Must be a list of up to 2 strings, not a string.
          {'words': ['a', 'b', 'c']}              | $.words: Must be a list of up to 2 strings, not of 3.
          {'words': ['a', null]}                  | $.words[1]: Must be a string, not null.
          {'ids': []}                             | $.ids: Must be a list of 1 or more ids, not an empty list.
          {'ids': ['id-1', 'x']}                  | $.ids[1]: "x" is not a valid id: write for example "id-7".
          {'ids': ['id-1', 'id-1']}               | $.ids[1]: "id-1" is given twice: leave one out.
          {'child': []}                           | $.child: Must be an object, not a list.
          {'child': {'nam': 'x'}}                 | $.child.nam: Unknown field. Did you mean "name"? Known fields: name, flag.
          {'children': [{}, {}, {}]}              | $.children: Must be a list of 1 to 2 children, not of 3.
          {'children': [{'name': 'x', 'y': 1}]}   | $.children[0].y: Unknown field. Known fields: name.
          {'tags': 'a'}                           | $.tags: Must be an object of up to 2 tags, not a string.
          {'tags': {'a': 'x', 'b': '', 'c': ''}}  | $.tags: Must be an object of up to 2 tags, not of 3: two are enough.
          {'tags': {'a b': 'x'}}                  | $.tags['a b']: "a b" is not a valid key: must have 1 to 4 letters.
          {'tags': {'a': 'X'}}                    | $.tags.a: "X" is not a valid value: must have up to 4 letters.
          {'tags': {'a': 1}}                      | $.tags.a: Must be a string, not a number.
          {'tags': {'a': 'x', 'A': 'y'}}          | $.tags.A: "A" is given twice: letter case does not tell tags apart.
          {'not-plain': 1}                        | $['not-plain']: Unknown field. Known fields: name, colour, flag, count, age, words, ids, child, children, tags.
          """)
  void whatIsWrongIsToldWithWhatWouldBeRight(String json, String problem) {
    readEverything(object(json));

    assertThat(problems.list())
        .extracting(Problem::toString)
        .filteredOn(found -> !found.equals(MISSING_NAME) || problem.equals(MISSING_NAME))
        .containsExactly(problem);
  }

  @Test
  void whatIsNotAnObjectIsRefusedAtOnce() {
    assertThatThrownBy(() -> PayloadObject.of(json("[]"), Fields.of(NAME, FLAG), problems))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("$: Must be an object, not a list. Known fields: name, flag.");
  }

  static Stream<Field<?>> optionalFields() {
    return ALL.list().stream().filter(field -> !field.required());
  }

  @ParameterizedTest
  @MethodSource("optionalFields")
  void aNullMemberCountsAsNotGiven(Field<?> field) {
    PayloadObject object = object("{'name': 'abc', '%s': null}".formatted(field.name()));

    assertThat(object.get(field)).isEmpty();
    assertThat(object.has(field)).isFalse();
    assertThat(problems.list()).isEmpty();
  }

  @Test
  void aRequiredMemberThatIsNullIsMissing() {
    object("{'name': null}").get(NAME);

    assertThat(problems.list()).extracting(Problem::path).containsExactly("$.name");
  }

  @Test
  void anUnknownMemberIsUnknownAlsoAsNull() {
    object("{'name': 'abc', 'nme': null}");

    assertThat(problems.list()).extracting(Problem::path).containsExactly("$.nme");
  }

  @Test
  void aNullEntryOfAMapCountsAsNotGiven() {
    assertThat(object("{'tags': {'a': 'x', 'b': null, 'c': 'y'}}").get(TAGS))
        .contains(Map.of("a", "x", "c", "y"));
    assertThat(problems.list()).isEmpty();
  }

  @Test
  void aMemberThatIsNotGivenOrNoObjectHasNoMembers() {
    PayloadObject missing = object("{}").object(CHILD);
    PayloadObject wrong = object("{'child': 7}").object(CHILD);

    assertThat(missing.isGiven()).isFalse();
    assertThat(missing.isTrue(FLAG)).isFalse();
    assertThat(missing.path(FLAG)).isEqualTo("$.child.flag");
    assertThat(wrong.isTrue(FLAG)).isFalse();
    assertThat(problems.list()).extracting(Problem::path).containsExactly("$.child");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'flag': true}                              | true
          {'colour': 'red'}                           | true
          {'flag': true, 'colour': null}              | true
          {}                                          | false
          {'flag': false, 'colour': 'red'}            | false
          """)
  void exactlyOneOfSomeMembersIsGivenOrNone(String json, boolean kept) {
    Rule rule = Rule.exactlyOne("One, please.", FLAG, COLOUR);

    assertThat(object(json).keeps(rule)).isEqualTo(kept);
    assertThat(problems.list())
        .isEqualTo(kept ? List.of() : List.of(new Problem("$", "One, please.")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                          | true
          {'flag': true}                              | true
          {'colour': 'red', 'count': 1}               | true
          {'flag': true, 'colour': null}              | true
          {'flag': true, 'count': 1}                  | false
          {'flag': true, 'colour': 'red', 'count': 1} | false
          """)
  void aMemberMayExcludeOthers(String json, boolean kept) {
    Rule rule = Rule.excludes(FLAG, List.of(COLOUR, COUNT), "Alone, please.");

    assertThat(object(json).keeps(rule)).isEqualTo(kept);
    assertThat(problems.list())
        .isEqualTo(kept ? List.of() : List.of(new Problem("$.flag", "Alone, please.")));
  }

  @Test
  void aTextThatIsFarTooLongIsNotHeldAgainstItsPattern() {
    Text text = Text.like("region", 40, "[a-z]{2,}(-[a-z]+)+-\\d+", "write for example \"a-b-1\"");

    assertThat(text.matches("us-gov-west-1")).isTrue();
    assertThat(text.matches("aa" + "-a".repeat(100_000) + "-1")).isFalse();
  }

  @Test
  void aDeclarationThatContradictsItselfIsRefused() {
    assertThatThrownBy(() -> Fields.of(FLAG, FLAG)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Fields.of(FLAG).with(Rule.exactlyOne("", FLAG, NAME)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
