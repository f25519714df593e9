package spawn.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();

  enum Plain {
    FIRST,
    SECOND
  }

  enum Small implements LowerCase {
    HIGH,
    LOW
  }

  /** Has a form of its own: its text. */
  record Name(String text) implements AsJson {
    Name {
      if (text.isEmpty()) {
        throw new IllegalArgumentException("A name is not empty.");
      }
    }

    static Name fromJson(String text) {
      return new Name(text);
    }

    @Override
    public Object asJson() {
      return text;
    }
  }

  record Part(String text, int number) {}

  record Whole(
      Name name,
      Part part,
      List<Part> parts,
      Set<String> texts,
      Map<String, Integer> numbers,
      Plain plain,
      Small small,
      Instant at,
      Pattern pattern,
      JsonNode tree,
      ObjectNode object,
      boolean flag,
      long large) {}

  private static final String WHOLE =
      """
      {"name": "one", "part": {"text": "two", "number": 3}, "parts": [{"text": null, "number": 4}], "texts": ["b", "a"],
       "numbers": {"z": 1, "y": 2}, "plain": "SECOND", "small": "high", "at": "2026-01-31T12:00:00Z", "pattern": "a+",
       "tree": [1, {"x": null}], "object": {"o": true}, "flag": true, "large": 12345678901}
      """;

  private static <T> T read(String text, Class<T> type) throws JsonProcessingException {
    return Json.to(Json.read(text), type);
  }

  @Test
  void aRecordIsReadByTheTypesOfItsMembers() throws Exception {
    Whole whole = read(WHOLE, Whole.class);

    assertThat(whole.name()).isEqualTo(new Name("one"));
    assertThat(whole.part()).isEqualTo(new Part("two", 3));
    assertThat(whole.parts()).containsExactly(new Part(null, 4));
    assertThat(whole.texts()).containsExactly("b", "a");
    assertThat(whole.numbers()).containsExactly(Map.entry("z", 1), Map.entry("y", 2));
    assertThat(whole.plain()).isEqualTo(Plain.SECOND);
    assertThat(whole.small()).isEqualTo(Small.HIGH);
    assertThat(whole.at()).isEqualTo(Instant.parse("2026-01-31T12:00:00Z"));
    assertThat(whole.pattern().pattern()).isEqualTo("a+");
    assertThat(whole.tree()).isEqualTo(Json.read("[1, {\"x\": null}]"));
    assertThat(whole.object()).isEqualTo(Json.read("{\"o\": true}"));
    assertThat(whole.flag()).isTrue();
    assertThat(whole.large()).isEqualTo(12_345_678_901L);
  }

  @Test
  void aRecordIsWrittenInTheOrderOfItsMembers() {
    assertThat(Json.text(new Part("ä \"b\"\n", 3)))
        .isEqualTo("{\"text\":\"ä \\\"b\\\"\\n\",\"number\":3}");
    assertThat(Json.text(new Part(null, 3))).isEqualTo("{\"text\":null,\"number\":3}");
    assertThat(Json.text(Json.members(new Part(null, 3), "text"))).isEqualTo("{\"number\":3}");
    assertThat(Json.text(Json.members(new Part("a", 3), "text")))
        .isEqualTo("{\"text\":\"a\",\"number\":3}");
  }

  @Test
  void everyValueHasItsForm() {
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put("text", new Name("n"));
    map.put(Small.LOW, List.of(1, 2L, 0.5, true));
    map.put(Plain.FIRST, Instant.EPOCH);
    map.put("null", null);

    assertThat(Json.text(map))
        .isEqualTo(
            "{\"text\":\"n\",\"low\":[1,2,0.5,true],\"FIRST\":\"1970-01-01T00:00:00Z\",\"null\":null}");
    assertThat(new String(Json.bytes(Set.of("ä")), StandardCharsets.UTF_8)).isEqualTo("[\"ä\"]");
    assertThatThrownBy(() -> Json.of(Duration.ZERO))
        .hasMessage("There is no JSON for a java.time.Duration");
    assertThatThrownBy(() -> Json.of(Optional.empty()))
        .hasMessage("There is no JSON for a java.util.Optional");
  }

  @Test
  void whatIsLeftOutIsNothing() throws Exception {
    Whole whole =
        read("{\"plain\": null, \"flag\": null, \"tree\": null, \"object\": null}", Whole.class);

    assertThat(Stream.of(whole.name(), whole.part(), whole.parts(), whole.plain(), whole.object()))
        .containsOnlyNulls();
    assertThat(whole.tree()).isEqualTo(Json.of(null));
    assertThat(read("{}", Whole.class).tree()).isNull();
    assertThat(whole.flag()).isFalse();
    assertThat(whole.large()).isZero();
    assertThat(read("{}", Part.class).number()).isZero();
    assertThat(read("null", Part.class)).isNull();
  }

  @Test
  void anUnknownMemberIsNamedUnlessItIsToBePassedOver() throws Exception {
    JsonNode more = Json.read("{\"text\": \"a\", \"number\": 1, \"more\": 2}");

    assertThatThrownBy(() -> Json.to(more, Part.class))
        .isInstanceOfSatisfying(
            Unreadable.class, wrong -> assertThat(wrong.unknown()).contains("more"))
        .hasMessage("Part has no member \"more\"");
    assertThat(Json.toLeniently(more, Part.class)).isEqualTo(new Part("a", 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"text\": \"a\"}", "{\"text\": null, \"number\": 1}", "{}"})
  void aWholeRecordLacksNothing(String text) throws Exception {
    JsonNode part = Json.read(text);

    assertThatThrownBy(() -> Json.toWhole(part, Part.class))
        .hasMessageContaining("lacks its member");
    assertThat(Json.toWhole(Json.read("{\"text\": \"a\", \"number\": 1}"), Part.class))
        .isEqualTo(new Part("a", 1));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "{\"part\": 1} | it has 1 where an object is wanted",
        "{\"part\": {\"number\": \"1\"}} | it has \"1\" where a whole number is wanted",
        "{\"part\": {\"number\": 1.5}} | it has 1.5 where a whole number is wanted",
        "{\"part\": {\"number\": 12345678901}} | it has 12345678901 where a whole number is wanted",
        "{\"part\": {\"text\": []}} | it has [] where a text is wanted",
        "{\"parts\": {}} | it has {} where a list is wanted",
        "{\"numbers\": []} | it has [] where an object is wanted",
        "{\"numbers\": {\"a\": true}} | it has true where a whole number is wanted",
        "{\"plain\": \"second\"} | it has \"second\" where one of [\"FIRST\",\"SECOND\"] is wanted",
        "{\"small\": \"HIGH\"} | it has \"HIGH\" where one of [\"high\",\"low\"] is wanted",
        "{\"at\": \"today\"} | Text 'today' could not be parsed at index 0",
        "{\"pattern\": \"(\"} | Unclosed group",
        "{\"at\": 1} | it has 1 where an instant is wanted",
        "{\"name\": \"\"} | A name is not empty.",
        "{\"object\": []} | it has [] where ObjectNode is wanted",
        "{\"flag\": \"true\"} | it has \"true\" where true or false is wanted",
        "{\"large\": 1e3} | it has 1000.0 where a whole number is wanted",
      })
  void whatDoesNotFitIsToldWithWhatWould(String text, String message) {
    assertThatThrownBy(() -> read(text, Whole.class))
        .isInstanceOf(Unreadable.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{\"a\": 1, \"a\": 2}",
        "{} {}",
        "[1] x",
        "{\"a\": 1",
        "[1,]",
        "{a: 1}",
        "nul"
      })
  void whatIsNotOneValueIsRefused(String text) {
    assertThatThrownBy(() -> Json.read(text)).isInstanceOf(JsonProcessingException.class);
    assertThatThrownBy(
            () -> Json.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))))
        .isInstanceOf(JsonProcessingException.class);
  }

  @Test
  void documentsOfOthersAreReadAsTheyReadThem() throws Exception {
    assertThat(Json.readLeniently("{\"a\": 1, \"a\": 2} x")).isEqualTo(Json.read("{\"a\": 2}"));
    assertThat(Json.readLeniently(" ").isMissingNode()).isTrue();
    assertThatThrownBy(() -> Json.readLeniently("{a")).isInstanceOf(JsonProcessingException.class);
  }

  @Test
  void nothingIsReadWithoutEnd() {
    assertThatThrownBy(() -> Json.read("[".repeat(100_000)))
        .isInstanceOf(JsonProcessingException.class)
        .hasMessageContaining("nesting depth");
  }

  @Test
  void aFileThatIsNotThereIsABrokenBuild() {
    assertThatThrownBy(() -> Json.resource(JsonTest.class, "none.json"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("none.json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "\"\\u00e4\\ud83d\\ude00\\u0000\\\\\"",
        "0",
        "-0",
        "2147483647",
        "2147483648",
        "-9223372036854775808",
        "9223372036854775808",
        "1.10",
        "1e400",
        "-1.5e-7",
        "0.1",
        "[]",
        "{}",
        "[[1,2],[{}]]",
        "{\"\":{\"b\":[null]},\"a\":1}"
      })
  void treesAreThoseOfJacksonsDataBinding(String text) throws Exception {
    JsonNode tree = Json.read(text);

    assertThat(tree).isEqualTo(JACKSON.readTree(text));
    assertThat(Json.text(tree)).isEqualTo(JACKSON.writeValueAsString(tree));
    assertThat(Json.bytes(tree)).isEqualTo(JACKSON.writeValueAsBytes(tree));
  }

  /** Everything in the repository that is JSON, and its functions read. */
  @Test
  void everyEventIsReadAndWrittenAsByJacksonsDataBinding() throws IOException {
    List<Path> read = new ArrayList<>();
    for (Path folder : List.of(Path.of("events"), Path.of("functions/src/main/resources"))) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(each -> each.toString().endsWith(".json")).toList()) {
          String text = Files.readString(file);
          JsonNode tree = Json.readLeniently(text);
          assertThat(tree).as(file.toString()).isEqualTo(JACKSON.readTree(text));
          assertThat(Json.text(tree)).isEqualTo(JACKSON.writeValueAsString(tree));
          read.add(file);
        }
      }
    }
    assertThat(read).hasSizeGreaterThan(60);
  }

  @Test
  void aMapOfOthersIsWrittenInItsOwnOrder() {
    assertThat(Json.text(new TreeMap<>(Map.of("b", 1, "a", 2)))).isEqualTo("{\"a\":2,\"b\":1}");
  }
}
