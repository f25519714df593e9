package spawn.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;

class LambdasTest {
  private static final ByName NOTHING = ByName.of(List.of());

  private static long madeAtRunTime(SortedMap<String, byte[]> contents) {
    return contents.entrySet().stream()
        .filter(file -> ClassPath.isClass(file.getKey()))
        .flatMap(file -> World.node(file.getValue()).methods.stream())
        .flatMap(method -> Arrays.stream(method.instructions.toArray()))
        .filter(
            each ->
                each instanceof InvokeDynamicInsnNode site
                    && site.bsm.getOwner().equals("java/lang/invoke/LambdaMetafactory"))
        .count();
  }

  private static Stream<String> made(SortedMap<String, byte[]> contents) {
    return contents.keySet().stream().filter(name -> Lambdas.isOne(name));
  }

  @Test
  void lambdasOfAllKindsDoTheSameAsClasses() throws Exception {
    Compiled compiled =
        Compiled.of(
            """
            package own;
            import java.util.*;
            import java.util.function.*;
            public class Handler {
              private int calls = 3;
              private int called(int more) { return calls += more; }
              private static String hidden(Object text) { return "hidden " + text; }
              private static class Part { final String text; private Part(String text) { this.text = text; } }
              interface Three<T> { long of(T text, int number, double factor); }
              public String run() {
                List<Object> seen = new ArrayList<>();
                byte b = 1; char c = 'c'; short s = 2; int i = 3; long l = 4; float f = 5; double d = 6; boolean z = true;
                Supplier<String> all = () -> "" + b + c + s + i + l + f + d + z + calls;
                seen.add(all.get());
                Consumer<Object> add = seen::add;
                add.accept("added");
                Function<Object, String> none = Handler::hidden;
                seen.add(none.apply(1));
                IntUnaryOperator own = this::called;
                seen.add(own.applyAsInt(4));
                Function<Integer, Integer> boxed = this::called;
                seen.add(boxed.apply(5));
                ToIntFunction<String> length = String::length;
                seen.add(length.applyAsInt("four"));
                Function<String, Integer> boxedLength = String::length;
                seen.add(boxedLength.apply("three"));
                Function<String, Part> part = Part::new;
                seen.add(part.apply("part").text);
                Supplier<List<Object>> list = ArrayList::new;
                seen.add(list.get());
                IntFunction<int[]> array = int[]::new;
                seen.add(array.apply(3).length);
                Three<String> three = (text, number, factor) -> (long) (text.length() * number * factor) + l;
                seen.add(three.of("ab", 3, 2.5));
                BiFunction<String, String, Boolean> equal = String::equals;
                seen.add(equal.apply("a", "a"));
                Predicate<String> empty = String::isEmpty;
                seen.add(empty.negate().test(""));
                Comparator<String> order = Comparator.comparing(String::length);
                seen.add(order.compare("a", "bb"));
                Runnable dropped = () -> called(100);
                dropped.run();
                seen.add(calls);
                Supplier<Supplier<String>> nested = () -> () -> "nested " + calls;
                seen.add(nested.get().get());
                return seen.toString();
              }
            }""");
    assertThat(compiled.answer())
        .isEqualTo(
            "[1c2345.06.0true3, added, hidden 1, 7, 12, 4, 5, part, [], 3, 19, true, false, -1, 112, nested 112]");
    assertThat(madeAtRunTime(compiled.travelling())).isZero();
  }

  @Test
  void thoseOfAPackageShareAClass() throws Exception {
    Compiled compiled =
        Compiled.of(
            """
            package own;
            import java.util.function.*;
            public class Handler {
              public String run() {
                Supplier<String> one = () -> "one";
                Supplier<String> two = () -> one.get() + "two";
                Function<String, String> three = text -> two.get() + text;
                Runnable none = () -> {};
                none.run();
                return three.apply("three") + new Other().four().get();
              }
            }""",
            """
            package own;
            class Other {
              java.util.function.Supplier<String> four() { return () -> "four"; }
            }""");
    assertThat(compiled.answer()).isEqualTo("onetwothreefour");
    SortedMap<String, byte[]> contents = compiled.travelling();
    assertThat(made(contents)).containsExactly("own/$$Lambdas1.class", "own/$$Lambdas2.class");
    assertThat(World.node(contents.get("own/$$Lambdas1.class")).interfaces)
        .containsExactly("java/util/function/Function", "java/util/function/Supplier");
    assertThat(World.node(contents.get("own/$$Lambdas2.class")).interfaces)
        .containsExactly("java/lang/Runnable");
  }

  @Test
  void aSubclassDoesNotOverrideWhatALambdaOfItsParentDoes() throws Exception {
    Compiled compiled =
        Compiled.of(
            """
            package own;
            public class Handler extends Parent {
              private String name = "child";
              @Override java.util.function.Supplier<String> said() { return () -> name; }
              public String run() { return said().get() + super.said().get(); }
            }""",
            """
            package own;
            class Parent {
              private String name = "parent";
              java.util.function.Supplier<String> said() { return () -> name; }
            }""");
    assertThat(compiled.answer()).isEqualTo("childparent");
    assertThat(madeAtRunTime(compiled.travelling())).isZero();
  }

  @Test
  void anInterfacesLambdasDoTheSame() throws Exception {
    Compiled compiled =
        Compiled.of(
            """
            package own;
            public class Handler implements Said {
              public String run() { return said().get() + Said.other().get(); }
            }""",
            """
            package own;
            import java.util.function.*;
            interface Said {
              private String text() { return "said"; }
              private static String more() { return "more"; }
              default Supplier<String> said() { Supplier<String> text = this::text; return () -> text.get() + this.text(); }
              static Supplier<String> other() { return Said::more; }
            }""");
    assertThat(compiled.answer()).isEqualTo("saidsaidmore");
    assertThat(madeAtRunTime(compiled.travelling())).isZero();
  }

  @Test
  void whatIsGivenAWrongClassIsStillToldSo() throws Exception {
    Compiled compiled =
        Compiled.of(
            """
            package own;
            import java.util.function.*;
            public class Handler {
              @SuppressWarnings({"unchecked", "rawtypes"})
              public String run() {
                Function<String, Integer> length = String::length;
                try {
                  return "" + ((Function) length).apply(1);
                } catch (ClassCastException wrong) {
                  return "wrong";
                }
              }
            }""");
    assertThat(compiled.answer()).isEqualTo("wrong");
  }

  @Test
  void aLambdaThatCanBeWrittenToAStreamStaysAsItIs() throws Exception {
    Compiled compiled =
        Compiled.of(
            """
            package own;
            import java.io.Serializable;
            import java.util.function.*;
            public class Handler {
              public String run() {
                Supplier<String> kept = (Supplier<String> & Serializable) () -> "kept";
                return kept.get() + (kept instanceof Serializable);
              }
            }""");
    assertThat(compiled.answer()).isEqualTo("kepttrue");
    SortedMap<String, byte[]> contents = compiled.travelling();
    assertThat(made(contents)).isEmpty();
    assertThat(madeAtRunTime(contents)).isPositive();
  }

  @Test
  void whatNeedsAConversionThatIsNotKnownStaysAsItIs() throws Exception {
    Compiled compiled =
        Compiled.of(
            """
            package own;
            import java.util.function.*;
            public class Handler {
              public String run() {
                ToLongFunction<String> length = String::length;
                return "" + length.applyAsLong("four");
              }
            }""");
    assertThat(compiled.answer()).isEqualTo("4");
    assertThat(madeAtRunTime(compiled.travelling())).isOne();
  }

  @Test
  void protectedMethodsOfOtherPackagesAreCalledAsBefore() throws Exception {
    Compiled compiled =
        Compiled.of(
            """
            package own;
            import java.util.function.*;
            public class Handler extends lib.Base {
              public String run() {
                Supplier<String> said = this::said;
                Supplier<String> above = super::said;
                return said.get() + above.get();
              }
              @Override protected String said() { return "own"; }
            }""",
            "package lib; public class Base { protected String said() { return \"base\"; } }");
    assertThat(compiled.answer()).isEqualTo("ownbase");
  }

  @Test
  void whoAsksForTheInterfaceOfSharedLambdasIsFound() {
    Compiled compiled =
        Compiled.of(
            """
            package own;
            public class Handler {
              public boolean run(Object what) { return what instanceof java.util.function.Supplier; }
            }""");
    assertThat(
            Proof.problems(
                compiled.whole(), compiled.only("own/Handler"), NOTHING, Absences.of(List.of())))
        .containsExactly(
            "own.Handler.run asks whether an object is a java.util.function.Supplier: lambdas of that must not share a class, in Lambdas.");
  }

  /** A class that implements two such interfaces could not say which one's it means. */
  @Test
  void noTwoInterfacesOfSharedLambdasHaveTheSameDefaultMethod() throws Exception {
    Map<String, Set<String>> owners = new TreeMap<>();
    try (FileSystem jdk = FileSystems.newFileSystem(URI.create("jrt:/"), Map.of());
        Stream<Path> files = Files.list(jdk.getPath("modules/java.base", Lambdas.SHARING))) {
      for (Path file : files.filter(each -> ClassPath.isClass(each.toString())).toList()) {
        ClassNode node = World.node(Files.readAllBytes(file));
        node.methods.stream()
            .filter(method -> (method.access & (Opcodes.ACC_STATIC | Opcodes.ACC_ABSTRACT)) == 0)
            .forEach(
                method ->
                    owners
                        .computeIfAbsent(Members.signature(method), first -> new TreeSet<>())
                        .add(node.name));
      }
    }
    assertThat(owners).hasSizeGreaterThan(20);
    assertThat(owners.values()).allMatch(names -> names.size() == 1);
  }

  @Test
  void aClassThatTheJvmWouldRefuseIsFound(@TempDir Path folder) throws Exception {
    SortedMap<String, byte[]> contents =
        Compiled.of("package own; public class Handler { public int run() { return 1; } }")
            .travelling();
    ClassNode broken = World.node(contents.get("own/Handler.class"));
    broken.methods.get(1).instructions.remove(broken.methods.get(1).instructions.getLast());
    broken.methods.get(1).instructions.add(new InsnNode(Opcodes.ARETURN));
    ClassWriter writer = new ClassWriter(0);
    broken.accept(writer);
    Path jar = folder.resolve("x.jar");

    Files.write(jar, SolidJar.bytes(contents, LocalDateTime.of(2026, 1, 1, 0, 0)));
    assertThat(Verification.problems(jar, contents.keySet())).isEmpty();

    contents.put("own/Handler.class", writer.toByteArray());
    Files.write(jar, SolidJar.bytes(contents, LocalDateTime.of(2026, 1, 1, 0, 0)));
    assertThat(Verification.problems(jar, contents.keySet()))
        .singleElement()
        .asString()
        .startsWith("The JVM refuses own.Handler: ");
  }
}
