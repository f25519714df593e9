package spawn.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

class SolidJarTest {
  private static final LocalDateTime DATE = LocalDateTime.of(2026, 1, 1, 0, 0);

  @Test
  void itsBytesDependOnItsContentsOnly() throws IOException {
    Map<String, byte[]> one = new LinkedHashMap<>();
    one.put("a/A.class", new byte[9]);
    one.put("a/B.class", new byte[3]);
    Map<String, byte[]> other = new LinkedHashMap<>();
    other.put("a/B.class", new byte[3]);
    other.put("a/A.class", new byte[9]);
    byte[] here = SolidJar.bytes(one, DATE);
    TimeZone before = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
      assertThat(SolidJar.bytes(other, DATE)).isEqualTo(here);
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void itsEntriesAreStoredByFolderAndLength() throws IOException {
    List<String> names = new ArrayList<>();
    byte[] jar =
        SolidJar.bytes(
            Map.of("b/C.class", new byte[1], "a/A.class", new byte[9], "a/B.class", new byte[3]),
            DATE);
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(jar))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        names.add(entry.getName());
        assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
      }
    }
    assertThat(names).containsExactly("a/B.class", "a/A.class", "b/C.class");
  }

  @Test
  void aLibrarysClassTravelsWithoutNamesOfLocalVariablesAndOnesOwnAsItIs() {
    Compiled compiled =
        Compiled.of(
            "package own; public class Handler { lib.Used used; int run(int n) { int m = n; return m; } }",
            "package lib; public class Used { int run(int n) { int m = n; return m; } }");
    ClassPath whole = compiled.whole();
    Map<String, byte[]> contents =
        SolidJar.contents(whole, Reach.from(List.of("own/Handler"), whole, ByName.of(List.of())));

    assertThat(contents.get("own/Handler.class")).isEqualTo(whole.bytes("own/Handler"));
    assertThat(World.node(contents.get("lib/Used.class")).methods)
        .allSatisfy(method -> assertThat(method.localVariables).isNullOrEmpty());
  }
}
