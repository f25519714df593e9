package spawn.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;

class RecordMethodsTest {
  private static final Compiled RECORDS =
      Compiled.of(
          """
          package own;
          import java.util.*;
          public class Handler {
            record All(boolean z, byte b, char c, short s, int i, long l, float f, double d, String text, List<String> list) {}
            record None() {}
            record Own(String text) {
              @Override public boolean equals(Object other) { return other instanceof Own own && own.text.length() == text.length(); }
              @Override public int hashCode() { return text.length(); }
            }
            private static All all(int change) {
              return new All(
                  change == 0, (byte) (change == 1 ? 2 : 1), change == 2 ? 'd' : 'c', (short) (change == 3 ? 2 : 1),
                  change == 4 ? 2 : 1, change == 5 ? 1L << 40 : 1, change == 6 ? -0f : 0f, change == 7 ? Double.NaN : 1,
                  change == 8 ? null : "text", change == 9 ? List.of() : List.of("a"));
            }
            public String run() {
              List<Object> seen = new ArrayList<>();
              for (int one = 0; one < 11; one++) {
                for (int other = 0; other < 11; other++) {
                  if (all(one).equals(all(other)) != (one == other)) { seen.add("wrong: " + one + " " + other); }
                }
                seen.add(all(one).hashCode());
              }
              seen.add(all(9).equals(null) + " " + all(9).equals("text"));
              seen.add(new None().equals(new None()) + " " + new None().hashCode() + " " + new None());
              seen.add(new Own("one").equals(new Own("two")) + " " + new Own("four").hashCode());
              return seen.toString();
            }
          }""");

  @Test
  void recordsAreEqualAsTheyWereAndHaveTheSameHashes() throws Exception {
    assertThat(RECORDS.answer())
        .endsWith(", false false, true 0 None[], true 4]")
        .doesNotContain("wrong");
  }

  @Test
  void onlyTheTextOfARecordIsPutTogetherWhenItIsAskedFor() {
    assertThat(World.node(RECORDS.travelling().get("own/Handler$All.class")).methods)
        .filteredOn(
            method ->
                Arrays.stream(method.instructions.toArray())
                    .anyMatch(InvokeDynamicInsnNode.class::isInstance))
        .extracting(method -> method.name)
        .containsExactly("toString");
  }
}
