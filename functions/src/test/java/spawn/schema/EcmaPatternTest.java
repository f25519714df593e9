package spawn.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.Scriptable;
import spawn.payload.Fields;
import spawn.payload.Kind;
import spawn.payload.ListOf;
import spawn.payload.ObjectOf;
import spawn.payload.Text;
import spawn.payload.TextMap;

/** What a pattern of Java and its translation match is the same, each in its own language. */
class EcmaPatternTest {
  private static final int TEXTS = 60;

  /** What the two languages, or two modes of one, look at differently, and what patterns name. */
  private static final List<String> PIECES =
      List.of(
          "\u0000",
          "\t",
          "\n",
          "\u000b",
          "\r",
          " ",
          "\u0085",
          "\u00a0",
          "\u00e9",
          "\u00ff",
          "\u0100",
          "\u017f",
          "\u2028",
          "\u212a",
          "\u3000",
          "\ufeff",
          "\ud83d\ude80",
          "\u0661",
          "-",
          "_",
          ".",
          ",",
          "/",
          "\\",
          "[",
          "]",
          "{",
          "}",
          "(",
          ")",
          "^",
          "$",
          "|",
          "&",
          ":",
          "*",
          "?",
          "+",
          "=",
          "@",
          "a",
          "Z",
          "0",
          "9",
          "spawn:",
          "SPAWN:",
          "aw\u017f:",
          "aWs:",
          "arn:",
          "${",
          "s3:GetObject",
          "arn:aws:s3:::b/*",
          "arn:aws:iam::123456789012:role/a",
          "10.0.0.1",
          "/8",
          "2026-01-31",
          "T12:00:00Z",
          "PT5M",
          "StringLike",
          "IfExists",
          "ForAnyValue:",
          "i-0123456789abcdef0",
          "subnet-0123abcd",
          "eu-west-1",
          "1e5",
          "::1",
          "spawn:associate");

  /** JavaScript's own regular expressions. */
  private static final class JavaScript implements AutoCloseable {
    private final Context context = Context.enter();
    private final Scriptable scope;
    private final Function compile;

    JavaScript() {
      context.setLanguageVersion(Context.VERSION_ES6);
      context.setInterpretedMode(true);
      scope = context.initSafeStandardObjects();
      compile =
          context.compileFunction(
              scope,
              "function(p) { const r = new RegExp(p, 'u'); return s => r.test(s); }",
              "compile",
              1,
              null);
    }

    Predicate<String> compiled(String pattern) {
      Function test = (Function) call(compile, pattern);
      return text -> (Boolean) call(test, text);
    }

    private Object call(Function function, String argument) {
      return function.call(context, scope, scope, new Object[] {argument});
    }

    @Override
    public void close() {
      Context.exit();
    }
  }

  private static Stream<String> texts(Random random) {
    return Stream.concat(PIECES.stream(), Stream.generate(() -> text(random)).limit(TEXTS));
  }

  private static List<String> different(
      Random random, Predicate<String> one, Predicate<String> other) {
    return texts(random).filter(text -> one.test(text) != other.test(text)).toList();
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int count = 1 + random.nextInt(4); count > 0; count--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  @Test
  void everyTextOfADeclaredFieldIsTheSameInJavaScript() {
    Map<String, Text> texts = new TreeMap<>();
    SchemaFile.ALL.forEach(file -> collect(file.fields(), texts));
    assertThat(texts).hasSizeGreaterThan(5);
    Random random = new Random(1);
    try (JavaScript script = new JavaScript()) {
      texts.forEach(
          (pattern, text) -> {
            Optional<String> translated = EcmaPattern.whole(text.pattern());
            assertThat(translated).as("nobody would be told what %s is", pattern).isPresent();
            assertThat(
                    different(
                        random,
                        script.compiled(translated.orElseThrow()),
                        text.pattern().asMatchPredicate()))
                .as(pattern)
                .isEmpty();
          });
    }
  }

  private static void collect(Fields fields, Map<String, Text> texts) {
    fields.list().forEach(field -> collect(field.kind(), texts));
  }

  private static void collect(Kind<?> kind, Map<String, Text> texts) {
    if (kind instanceof Text text && !text.equals(Text.ANY)) {
      texts.put(text.pattern().pattern(), text);
    } else if (kind instanceof ListOf<?> list) {
      collect(list.item(), texts);
    } else if (kind instanceof ObjectOf object) {
      collect(object.fields(), texts);
    } else if (kind instanceof TextMap map) {
      collect(map.key(), texts);
      collect(map.value(), texts);
    }
  }

  @Test
  void everyPatternInAFileIsTheSameInBothLanguages() {
    Set<String> patterns = new TreeSet<>();
    SchemaFile.ALL.forEach(file -> collect(file.schema(), patterns));
    assertThat(patterns).hasSizeGreaterThan(30);
    Random random = new Random(2);
    try (JavaScript script = new JavaScript()) {
      for (String pattern : patterns) {
        Predicate<String> inScript = script.compiled(pattern);
        Predicate<String> inJava = Pattern.compile(pattern).asPredicate();
        assertThat(different(random, inScript, inJava))
            .as(pattern)
            .allMatch(
                text -> text.matches("(?s).*[\\n\\r\\u0085\\u2028]")); // before it is Java's $
      }
    }
  }

  private static void collect(JsonNode schema, Set<String> patterns) {
    if (schema.path("pattern").isTextual()) {
      patterns.add(schema.get("pattern").textValue());
    }
    schema.path("patternProperties").fieldNames().forEachRemaining(patterns::add);
    schema.forEach(part -> collect(part, patterns));
  }

  @Test
  void everythingThatItKnowsIsTheSameInJavaScript() {
    List<String> known =
        List.of(
            "a.c?",
            "(?s)a.{1,2}",
            "[^:\\s]+:\\S.*",
            "\\w+|\\W",
            "[\\d,-]{2,}?[a\\-z]",
            "\\p{L}\\P{Lu}[\\p{N}\\p{Zs}]",
            "(?iu:[a-b]|k\\.)(s)",
            "(?iu:k(?:s|aws:))s",
            "(?=a)(?!b)[\\t\\n\\r\\x20-\\xFF]*",
            "\\u00e9]}\\:\\-\\/\\@",
            "\\$\\{|\\[|\\(|\\*");
    Random random = new Random(3);
    try (JavaScript script = new JavaScript()) {
      for (String pattern : known) {
        Pattern java = Pattern.compile(pattern);
        EcmaPattern.whole(java)
            .ifPresent(
                translated -> {
                  Predicate<String> inScript = script.compiled(translated);
                  assertThat(different(random, inScript, java.asMatchPredicate()))
                      .as("%s as %s", pattern, translated)
                      .isEmpty();
                });
      }
    }
    assertThat(known.stream().filter(each -> EcmaPattern.whole(Pattern.compile(each)).isPresent()))
        .hasSize(known.size() - 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a*+",
        "a{1,2}+",
        "(?i)a",
        "(?i:a)",
        "[a&&b]",
        "[a[b]]",
        "\\bx",
        "(?<n>a)",
        "(?<=a)b",
        "^a",
        "a$",
        "\\Qa\\E",
        "\\h",
        "(a)\\1",
        "\\p{Alpha}",
        "\\p{IsLatin}",
        "[\\S]",
        "(?iu:[a-b])",
        "[\\w-z]",
        "\\x{1F680}",
        "\\cA",
        "(?>a)"
      })
  void whatMeansSomethingElseOrNothingThereIsNotTranslated(String pattern) {
    assertThat(EcmaPattern.whole(Pattern.compile(pattern))).isEmpty();
  }

  @Test
  void aPatternWithFlagsIsNotTranslated() {
    assertThat(EcmaPattern.whole(Pattern.compile("a", Pattern.CASE_INSENSITIVE))).isEmpty();
  }

  @Test
  void lettersInAnyCaseAreSpeltOut() {
    assertThat(EcmaPattern.part(Pattern.compile("(?iu:sk-1)")))
        .contains("(?:[Ss\\u017F][Kk\\u212A]-1)");
  }
}
