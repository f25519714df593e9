package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.STACK;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import spawn.error.Problems;
import spawn.policy.ServiceReference.ArnForm;

/**
 * AWS's own texts as the measure of grammar: its whole service authorization reference, and the
 * documents of all its managed policies. None is refused, and none loses or gains a permission in
 * the canonical form.
 */
class AwsGrammarTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CHUNK = 100;

  /** What a reading has found. */
  private static final class Reading {
    final Problems problems = new Problems();
    final List<Warning> warnings = new ArrayList<>();

    /** Reads a statement whatever its length: managed policies may be longer than inline ones. */
    List<Grant> statement(JsonNode statement) {
      return new StatementElements(
              Spelling.IAM,
              true,
              new HashMap<>(),
              STACK,
              problems::add,
              new StatementDoubts(warnings::add))
          .read(statement, "$").stream().toList();
    }
  }

  private static ObjectNode statement(List<String> actions, List<String> resources) {
    ObjectNode statement = JSON.createObjectNode().put("Effect", "Allow");
    actions.forEach(statement.withArray("Action")::add);
    resources.forEach(statement.withArray("Resource")::add);
    return statement;
  }

  @Test
  void everyActionOfTheReferenceIsTaken() {
    int actions = 0;
    for (String service : ServiceReference.services()) {
      List<String> names =
          ServiceReference.of(service).orElseThrow().actions().stream()
              .map(action -> service + ":" + action.name())
              .toList();
      for (int from = 0; from < names.size(); from += CHUNK) {
        List<String> some = names.subList(from, Math.min(names.size(), from + CHUNK));
        Reading reading = new Reading();
        List<Grant> grants = reading.statement(statement(some, List.of("*")));

        assertThat(reading.problems.list()).isEmpty();
        assertThat(atoms(PolicyDocument.of(statements(grants)).toJson())).hasSize(some.size());
        actions += some.size();
      }
    }
    System.out.printf("grammar: %,d actions of the reference are taken%n", actions);
    assertThat(actions).isGreaterThan(19_000);
  }

  @Test
  void everyArnOfTheReferenceIsTakenWithoutAWarning() {
    int arns = 0;
    for (String service : ServiceReference.services()) {
      for (List<ArnForm> forms : ServiceReference.of(service).orElseThrow().kinds().values()) {
        for (ArnForm form : forms) {
          List<String> some = arns(form);
          Reading reading = new Reading();
          List<Grant> grants = reading.statement(statement(List.of(service + ":*"), some));

          assertThat(reading.problems.list()).as("%s %s", service, form).isEmpty();
          assertThat(reading.warnings).as("%s %s", service, form).isEmpty();
          assertThat(statements(grants).get(0).resources().patterns())
              .extracting(Glob::spelled)
              .isEqualTo(some);
          arns += some.size();
        }
      }
    }
    System.out.printf("grammar: %,d ARNs of the reference's forms are taken%n", arns);
    assertThat(arns).isGreaterThan(13_000);
  }

  /** Returns ARNs of a form: with names, with wildcards, with variables, in any partition. */
  private static List<String> arns(ArnForm form) {
    String region = form.region().equals("R") ? "eusc-de-east-1" : form.region();
    String account = form.account().equals("A") ? "123456789012" : form.account();
    // Recovery points have the ARNs of what was backed up.
    String service = form.service().equals("*") ? "ec2" : form.service();
    return Stream.of(
            String.join(":", "aws", service, region, account, name(form, "Name-1_a.b")),
            String.join(":", "*", service, region, account, name(form, "n*")),
            String.join(":", "aws", service, star(region), star(account), form.resource()),
            String.join(":", "*", service, region, account, name(form, "${aws:userid}")),
            String.join(":", "aws", service, star(region), star(account), name(form, "?a")),
            String.join(
                ":", "aws", service, region, star(account), form.resource().replace("*", "**")))
        .map(rest -> "arn:" + rest)
        .distinct()
        .toList();
  }

  private static String name(ArnForm form, String name) {
    return form.resource().replace("*", name);
  }

  private static String star(String part) {
    return part.isEmpty() ? "" : "*";
  }

  @Test
  void everyConditionKeyOfTheReferenceIsTaken() throws IOException {
    List<String> keys;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                AwsGrammarTest.class.getResourceAsStream("condition-keys.txt"),
                StandardCharsets.UTF_8))) {
      keys = lines.lines().filter(line -> !line.isEmpty()).toList();
    }
    int taken = 0;
    for (String key : keys) {
      for (String name : List.of("Team", "cost center", "a:b/c=d+e-f@g", "Größe(1)'s, \"x\"")) {
        String spelled =
            key.replaceAll(
                "\\$\\{[^}]*}",
                Matcher.quoteReplacement(key.indexOf("${") < key.indexOf(':') ? "octo" : name));
        ObjectNode statement = statement(List.of("s3:GetObject"), List.of("*"));
        statement
            .withObjectProperty("Condition")
            .withObjectProperty("StringLike")
            .put(spelled, "v*");
        Reading reading = new Reading();
        List<Grant> grants = reading.statement(statement);

        assertThat(reading.problems.list()).as(spelled).isEmpty();
        assertThat(reading.warnings).as(spelled).isEmpty();
        assertThat(statements(grants).get(0).condition().hasKey(spelled)).isTrue();
        taken++;
        if (!key.contains("${")) {
          break;
        }
      }
    }
    System.out.printf(
        "grammar: %,d condition keys of the reference are taken, %,d spellings%n",
        keys.size(), taken);
    assertThat(keys).hasSizeGreaterThan(1_500);
  }

  @Test
  void everyManagedPolicyIsTakenAndKeepsEachPermission() throws IOException {
    JsonNode documents;
    try (InputStream data =
        new GZIPInputStream(
            AwsGrammarTest.class.getResourceAsStream("managed-policy-documents.json.gz"))) {
      documents = JSON.readTree(data);
    }
    Map<String, Integer> warnings = new TreeMap<>();
    int atoms = 0;
    int covered = 0;
    for (Map.Entry<String, JsonNode> policy : documents.properties()) {
      Set<Atom> before = atoms(policy.getValue());
      List<Grant> grants = new ArrayList<>();
      OneOrMore.of(policy.getValue().get("Statement"))
          .forEach(
              statement -> {
                Reading reading = new Reading();
                grants.addAll(reading.statement(statement));
                assertThat(reading.problems.list()).as(policy.getKey()).isEmpty();
                reading.warnings.forEach(
                    warning -> warnings.merge(warning.code(), 1, Integer::sum));
              });
      Set<Atom> after = atoms(PolicyDocument.of(statements(grants)).toJson());

      assertThat(before).as("gained by %s", policy.getKey()).containsAll(after);
      Set<Atom> left = new HashSet<>(before);
      left.removeAll(after);
      for (Atom atom : left) {
        assertThat(after.stream().anyMatch(other -> other.covers(atom)))
            .as("lost by %s: %s", policy.getKey(), atom)
            .isTrue();
      }
      atoms += before.size();
      covered += left.size();
    }
    System.out.printf(
        "grammar: %,d managed policies are taken; of their %,d permissions, %,d are covered by others, none is lost%n",
        documents.size(), atoms, covered);
    System.out.println("grammar: their warnings are " + warnings);
    assertThat(documents.size()).isGreaterThan(1_500);
    assertThat(atoms).isGreaterThan(80_000);
    // AWS's own slips, as arn:aws:config:*:*::config-rule/*; ${aws:username} is for users.
    assertThat(warnings.keySet()).containsExactly("POLICY_VARIABLE", "UNKNOWN_ARN");
    assertThat(warnings.get("UNKNOWN_ARN")).isBetween(30, 90);
  }

  private static List<Statement> statements(List<Grant> grants) {
    return grants.stream().map(Grant::statement).toList();
  }

  /**
   * One action on one resource under one condition, or all but some; made from the text of a
   * document, by other code than the canonical form.
   */
  private record Atom(String effect, String action, String resource, String condition) {
    boolean covers(Atom other) {
      return effect.equals(other.effect)
          && (condition.equals(other.condition) || condition.isEmpty())
          && matches(action, other.action)
          && matches(resource, other.resource);
    }

    private static boolean matches(String pattern, String text) {
      if (pattern.startsWith("not ")) {
        return pattern.equals(text);
      }
      if (text.startsWith("not ")) {
        return pattern.equals("*");
      }
      int at = 0;
      int star = -1;
      int from = 0;
      for (int read = 0; read < text.length(); ) {
        if (at < pattern.length() && pattern.charAt(at) == '*') {
          star = at++;
          from = read;
        } else if (at < pattern.length()
            && (pattern.charAt(at) == text.charAt(read)
                || (pattern.charAt(at) == '?' && text.charAt(read) != '*'))) {
          at++;
          read++;
        } else if (star >= 0) {
          at = star + 1;
          read = ++from;
        } else {
          return false;
        }
      }
      return pattern.substring(at).matches("\\**");
    }
  }

  private static Set<Atom> atoms(JsonNode document) {
    Set<Atom> atoms = new HashSet<>();
    OneOrMore.of(document.get("Statement"))
        .forEach(
            statement -> {
              String condition = condition(statement.path("Condition"));
              for (String action : elements(statement, "Action")) {
                for (String resource : elements(statement, "Resource")) {
                  atoms.add(
                      new Atom(
                          statement.get("Effect").asText(),
                          action.toLowerCase(Locale.ROOT),
                          resource,
                          condition));
                }
              }
            });
    return atoms;
  }

  private static List<String> elements(JsonNode statement, String element) {
    JsonNode all = statement.path(element);
    if (!all.isMissingNode()) {
      return OneOrMore.of(all).map(JsonNode::asText).toList();
    }
    return List.of(
        "not "
            + OneOrMore.of(statement.get("Not" + element))
                .map(JsonNode::asText)
                .map(text -> element.equals("Action") ? text.toLowerCase(Locale.ROOT) : text)
                .sorted()
                .distinct()
                .collect(Collectors.joining(" ")));
  }

  private static String condition(JsonNode condition) {
    Set<String> parts = new TreeSet<>();
    condition
        .properties()
        .forEach(
            operator ->
                operator
                    .getValue()
                    .properties()
                    .forEach(
                        key ->
                            parts.add(
                                operator.getKey()
                                    + " "
                                    + key.getKey().toLowerCase(Locale.ROOT)
                                    + " "
                                    + OneOrMore.of(key.getValue())
                                        .map(JsonNode::asText)
                                        .collect(Collectors.toCollection(TreeSet::new)))));
    return String.join("; ", parts);
  }
}
