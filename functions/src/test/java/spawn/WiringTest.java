package spawn;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.template.Template;

/** Every function starts with the environment that the template gives it, and reads all of it. */
class WiringTest {
  private static final Template TEMPLATE = Template.read();

  /**
   * What the JVM reads by itself (<a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/java-customization.html">customize Java
   * runtime startup behavior</a>).
   */
  private static final Set<String> OF_THE_JVM = Set.of("JAVA_TOOL_OPTIONS");

  static List<String> functions() {
    return TEMPLATE.idsOf("AWS::Serverless::Function");
  }

  /** Returns each function with each value of a parameter that changes its environment. */
  static Stream<Arguments> changes() {
    return TEMPLATE.parameters().stream()
        .flatMap(
            parameter ->
                TEMPLATE.values(parameter).stream()
                    .flatMap(
                        value ->
                            functions().stream()
                                .filter(
                                    function ->
                                        !environment(function, parameter, value)
                                            .equals(TEMPLATE.environment(function)))
                                .map(function -> Arguments.of(function, parameter, value))));
  }

  private static Map<String, String> environment(String function, String parameter, String value) {
    return TEMPLATE.with(parameter, value).environment(function);
  }

  private static Class<?> handler(String function) {
    try {
      return Class.forName(TEMPLATE.property(function, "Handler").asText());
    } catch (ClassNotFoundException noHandler) {
      throw new AssertionError(noHandler);
    }
  }

  /** Does what the constructor does that Lambda calls; returns the variables that were read. */
  private static Set<String> start(String function, Map<String, String> environment) {
    Set<String> read = new TreeSet<>();
    Map<String, String> watched =
        new HashMap<>(environment) {
          private static final long serialVersionUID = 1L;

          @Override
          public String get(Object variable) {
            read.add((String) variable);
            return super.get(variable);
          }
        };
    try {
      handler(function).getDeclaredConstructor(Settings.class).newInstance(new Settings(watched));
      return read;
    } catch (InvocationTargetException failed) {
      throw new AssertionError(
          function + " does not start: " + failed.getCause(), failed.getCause());
    } catch (ReflectiveOperationException failed) {
      throw new LinkageError(function + " has no constructor that takes settings", failed);
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void aFunctionStartsWithWhatTheTemplateSetsAndReadsAllOfIt(String function) {
    Map<String, String> environment = TEMPLATE.environment(function);
    Set<String> set = new HashSet<>(environment.keySet());
    set.removeAll(OF_THE_JVM);
    set.remove("AWS_REGION"); // Lambda sets it

    assertThat(start(function, environment)).containsAll(set);
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aFunctionStartsWithEveryValueThatAParameterMayHave(
      String function, String parameter, String value) {
    assertThat(start(function, environment(function, parameter, value))).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void theConstructorThatLambdaCallsDoesNothingElse(String function) {
    Class<?> handler = handler(function);
    JavaConstructor constructor =
        new ClassFileImporter().importClass(handler).getConstructor(new Class<?>[0]);

    assertThat(constructor.getAccessesFromSelf())
        .extracting(JavaAccess::getTarget)
        .extracting(target -> target.getFullName())
        .containsExactlyInAnyOrder(
            "spawn.Settings.fromEnvironment()", handler.getName() + ".<init>(spawn.Settings)");
  }
}
