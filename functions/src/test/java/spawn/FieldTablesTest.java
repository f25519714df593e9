package spawn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.approval.ApprovalFields;
import spawn.audit.AuditFields;
import spawn.audit.RepairFields;
import spawn.cleanup.SweepFields;
import spawn.export.ExportFields;
import spawn.launch.LaunchFields;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.Kind;
import spawn.payload.ListOf;
import spawn.payload.ObjectOf;
import spawn.payload.Text;
import spawn.payload.TextMap;
import spawn.payload.WholeNumber;
import spawn.revocation.RevocationFields;
import spawn.roleset.RoleSetFields;

/** The tables of fields in the documentation say what is declared. */
class FieldTablesTest {
  private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\| (.+) \\|");
  private static final Pattern RANGE = Pattern.compile("(\\d[\\d,]*) to (\\d[\\d,]*)");
  private static final Pattern MOST = Pattern.compile("up to (\\d[\\d,]*)");

  /**
   * A table of fields.
   *
   * @param chapter the heading above it
   * @param header its first line
   * @param fields what it should list
   */
  record Table(String file, String chapter, String header, Fields fields) {
    /** Returns what the table says of each field. */
    Map<String, String> rows() throws IOException {
      List<String> lines = Files.readAllLines(Path.of(file));
      int from = lines.indexOf("## " + chapter);
      assertThat(from).as("chapter %s", chapter).isNotNegative();
      List<String> rows =
          lines.stream()
              .skip(from)
              .dropWhile(line -> !line.startsWith(header))
              .skip(2)
              .takeWhile(line -> line.startsWith("|"))
              .toList();
      assertThat(rows).allMatch(row -> ROW.matcher(row).matches());
      return rows.stream()
          .map(FieldTablesTest::parts)
          .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
    }
  }

  private static MatchResult parts(String row) {
    Matcher parts = ROW.matcher(row);
    assertThat(parts.matches()).isTrue();
    return parts.toMatchResult();
  }

  static Stream<Table> tables() {
    return Stream.of(
        new Table("README.md", "The payload", "| `iam` field |", members("iam")),
        new Table("README.md", "The payload", "| `options` field |", members("options")),
        new Table("docs/role-sets.md", "The payload", "| field |", RoleSetFields.ALL),
        new Table("docs/approval.md", "Answering", "| field |", ApprovalFields.ALL),
        new Table("docs/cleanup.md", "Calling it", "| field |", SweepFields.ALL),
        new Table("docs/export.md", "Shrink", "| field |", ExportFields.ALL),
        new Table("docs/expiry.md", "A role must stop now", "| field |", RevocationFields.ALL),
        new Table("docs/audit.md", "Calling it", "| field |", AuditFields.ALL),
        new Table("docs/audit.md", "Repairing", "| field |", RepairFields.ALL));
  }

  private static Fields members(String name) {
    return ((ObjectOf) (Kind<?>) LaunchFields.ALL.named(name).kind()).fields();
  }

  @ParameterizedTest
  @MethodSource("tables")
  void eachFieldHasOneRowAndEachRowAField(Table table) throws IOException {
    assertThat(table.rows().keySet()).containsExactlyInAnyOrderElementsOf(table.fields().names());
  }

  @ParameterizedTest
  @MethodSource("tables")
  void theLimitsThatARowNamesAreTheDeclaredOnes(Table table) throws IOException {
    Map<String, String> rows = table.rows();
    for (Field<?> field : table.fields().list()) {
      String row = rows.get(field.name());

      assertThat(RANGE.matcher(row).results())
          .as("%s: %s", field.name(), row)
          .allSatisfy(
              range -> {
                assertThat(number(range.group(1))).isEqualTo(min(field.kind()));
                assertThat(number(range.group(2))).isEqualTo(max(field.kind()));
              });
      assertThat(MOST.matcher(row).results())
          .as("%s: %s", field.name(), row)
          .allSatisfy(most -> assertThat(number(most.group(1))).isEqualTo(max(field.kind())));
    }
  }

  @Test
  void theLimitsThatCallersMeetAreInTheTables() throws IOException {
    List<Table> tables = tables().toList();

    assertThat(tables.get(0).rows().get("maxSessionDuration")).contains("3600 to 43200");
    assertThat(tables.get(0).rows().get("roleTags")).contains("up to 38");
    assertThat(tables.get(2).rows().get("namePrefix")).contains("1 to 44");
    assertThat(tables.get(2).rows().get("roles")).contains("1 to 40");
  }

  @Test
  void theReadmeNamesEveryFieldOfALaunch() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String payload = readme.substring(readme.indexOf("\n## The payload\n"));
    String chapter = payload.substring(0, payload.indexOf("\n## ", 1));

    assertThat(LaunchFields.ALL.names())
        .allSatisfy(name -> assertThat(chapter).containsPattern("`\"?" + name + "\\b"));
    assertThat(chapter).contains("`\"" + Fields.SCHEMA + "\":");
  }

  private static int number(String text) {
    return Integer.parseInt(text.replace(",", ""));
  }

  private static int min(Kind<?> kind) {
    if (kind instanceof WholeNumber number) {
      return number.min();
    }
    if (kind instanceof ListOf<?> list) {
      return list.min();
    }
    return ((Text) kind).minLength();
  }

  private static int max(Kind<?> kind) {
    if (kind instanceof WholeNumber number) {
      return number.max();
    }
    if (kind instanceof ListOf<?> list) {
      return list.max();
    }
    if (kind instanceof TextMap map) {
      return map.max();
    }
    return ((Text) kind).maxLength();
  }
}
