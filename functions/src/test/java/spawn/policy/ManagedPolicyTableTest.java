package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Holds the table of managed policies to their documents, by the rules that judge statements.
 * {@code mvn test -Dtest=ManagedPolicyTableTest -DargLine=-DrewriteTable=true} writes it anew.
 */
class ManagedPolicyTableTest {
  private static final Path TABLE =
      Path.of("functions/src/main/resources/spawn/policy/managed-policies.txt");
  private static final Map<String, JsonNode> DOCUMENTS = ManagedPolicyDocuments.all();
  private static final PolicyData DATA = PolicyData.standard();

  @Test
  void eachPolicyIsJudgedByItsDocument() throws IOException {
    List<String> table = Files.readAllLines(TABLE);
    List<String> judged =
        table.stream()
            .map(line -> line.split(" ", 2)[0])
            .map(path -> path + findings(DOCUMENTS.get(ManagedPolicies.name(path))))
            .toList();
    if (Boolean.getBoolean("rewriteTable")) {
      Files.write(TABLE, judged);
    }
    Set<String> held = Set.copyOf(Files.readAllLines(TABLE));

    assertThat(held).hasSameSizeAs(DOCUMENTS.keySet());
    assertThat(judged).filteredOn(line -> !held.contains(line)).isEmpty();
    System.out.printf(
        "Managed policies judged by their documents: %d; findings by code: %s%n",
        table.size(), counts());
  }

  private static String findings(JsonNode document) {
    List<Finding> found = new ArrayList<>(DATA.review().findings(document));
    List<String> denied =
        PolicyDocument.statements(document).stream()
            .filter(Statement::allows)
            .flatMap(statement -> statement.listedActions().stream())
            .filter(ManagedPolicyTableTest::isDeniedAnywhere)
            .map(Glob::spelled)
            .toList();
    if (!denied.isEmpty()) {
      found.add(Finding.of(Boundaries.FINDING, Severity.MEDIUM, denied));
    }
    return found.stream()
        .sorted(Comparator.comparing(Finding::severity).thenComparing(Finding::id))
        .map(finding -> " " + finding)
        .collect(Collectors.joining());
  }

  private static boolean isDeniedAnywhere(Glob action) {
    return DATA.boundaries().denies().stream()
        .filter(denial -> denial.resources().contains("*"))
        .flatMap(denial -> denial.actions().stream())
        .anyMatch(pattern -> pattern.covers(action));
  }

  private static Map<String, Long> counts() {
    return ManagedPolicies.list().names().stream()
        .flatMap(name -> ManagedPolicies.list().findings(name).stream())
        .collect(
            Collectors.groupingBy(
                finding -> finding.id() + " " + finding.severity(),
                TreeMap::new,
                Collectors.counting()));
  }
}
