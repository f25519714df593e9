package spawn;

import static org.assertj.core.api.Assertions.assertThat;

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

/**
 * Every function starts with the environment that the template gives it, and reads all of it.
 *
 * <p>It is started by the constructor that takes settings: HouseTest holds the one that Lambda
 * calls to no more than delegating to that.
 */
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

  /** Starts a function; returns the variables that it read. */
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
      Class<?> handler = handler(function);
      handler.getDeclaredConstructor(Settings.class).newInstance(new Settings(watched));
      assertThat(handler.getConstructor()).as("which Lambda calls").isNotNull();
      return read;
    } catch (InvocationTargetException failed) {
      throw new AssertionError(
          function + " does not start: " + failed.getCause(), failed.getCause());
    } catch (ReflectiveOperationException failed) {
      throw new LinkageError(function + " lacks a constructor", failed);
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
}
